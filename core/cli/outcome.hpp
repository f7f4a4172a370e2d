// What the command knows about one host when it is done with it, whatever the verb was.
#pragma once

#include <otto/otto.hpp>

#include <optional>
#include <string>
#include <vector>

namespace otto::cli {

// One file of `put` or `get` on one host.
struct Transfer {
    std::string source;
    std::string destination;
    Status status = Status::not_run;
    std::uint64_t bytes = 0;
    std::optional<Error> error;
    Duration duration{0};
};

// Refers to the host's result and copies nothing: outputs are large.
class Outcome {
  public:
    // `at_least`: a status that neither commands nor transfers show (a host that a dry run did not check).
    explicit Outcome(const HostResult& result, const std::vector<Transfer>* transfers = nullptr,
                     Status at_least = Status::success)
        : result_(&result)
        , transfers_(transfers)
        , at_least_(at_least) {}

    [[nodiscard]] const HostResult& result() const noexcept { return *result_; }
    [[nodiscard]] const std::string& host() const noexcept { return result_->host(); }
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return result_->error(); }
    // Null for verbs that move no files.
    [[nodiscard]] const std::vector<Transfer>* transfers() const noexcept { return transfers_; }

    // The worst of the commands and transfers.
    [[nodiscard]] Status status() const noexcept;
    // Of the host, else of its first transfer that failed.
    [[nodiscard]] std::optional<Error> first_error() const;

  private:
    const HostResult* result_;
    const std::vector<Transfer>* transfers_;
    Status at_least_;
};

// "MESSAGE (ADVICE)": the error without its host.
std::string describe(const Error& error);

} // namespace otto::cli
