// Standard output, standard error, and the form of otto's own messages.
#pragma once

#include "fd_writer.hpp"

#include <otto/otto.hpp>

#include <string_view>

namespace otto::cli {

class Console {
  public:
    Console(int out, int err, bool quiet = false)
        : out_(out)
        , err_(err)
        , quiet_(quiet) {}

    [[nodiscard]] FdWriter& out() noexcept { return out_; }
    [[nodiscard]] FdWriter& err() noexcept { return err_; }
    [[nodiscard]] bool quiet() const noexcept { return quiet_; }
    void quiet(bool on) noexcept { quiet_ = on; }

    // "otto: error: TEXT". Further lines of the text are indented, so that each message is one block.
    void error(std::string_view text);
    // One line for each fault of a LabError, one for any other.
    void error(const Error& error);
    // Nothing with -q.
    void warning(std::string_view text);
    void note(std::string_view text);

  private:
    FdWriter out_;
    FdWriter err_;
    bool quiet_;
};

} // namespace otto::cli
