// A tool that a plugin brings to the command: `otto NAME ...`.
#pragma once

#include <otto/lab.hpp>

#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace otto {

// What the user said before the tool's name, and where the tool writes. Valid while the tool runs.
class OTTO_API ToolContext {
  public:
    ToolContext(std::ostream& out, std::ostream& err, std::vector<std::string> labs, LoadOptions load,
                bool dry_run)
        : out_(&out)
        , err_(&err)
        , labs_(std::move(labs))
        , load_(std::move(load))
        , dry_run_(dry_run) {}

    [[nodiscard]] std::ostream& out() const noexcept { return *out_; }
    [[nodiscard]] std::ostream& err() const noexcept { return *err_; }
    // The labs that were named with -l, not loaded: `load_lab(context.labs(), context.load_options())`.
    [[nodiscard]] const std::vector<std::string>& labs() const noexcept { return labs_; }
    [[nodiscard]] const LoadOptions& load_options() const noexcept { return load_; }
    // Contact nothing and change nothing.
    [[nodiscard]] bool dry_run() const noexcept { return dry_run_; }

  private:
    std::ostream* out_;
    std::ostream* err_;
    std::vector<std::string> labs_;
    LoadOptions load_;
    bool dry_run_;
};

} // namespace otto
