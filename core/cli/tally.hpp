// Counts how the hosts fared: for the closing line and for the exit status.
#pragma once

#include "outcome.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace otto::cli {

// In order of precedence, signals (130, 143) and closed output (141) before all of them.
namespace exit_status {
inline constexpr int success = 0;
inline constexpr int failure = 1;     // a host or command failed
inline constexpr int usage = 2;       // usage, lab or plugin
inline constexpr int reservation = 3; //
inline constexpr int output_closed = 141;
} // namespace exit_status

// The status that an error ends the command with.
int exit_status_of(const Error& error);
// The status of `host ID run`: the first non-zero status, 128+n for signal n, 255 for a command that could
// not be finished.
int exit_status_of_commands(const Outcome& outcome);

class Tally {
  public:
    explicit Tally(bool dry_run)
        : dry_run_(dry_run) {}

    void add(const Outcome& outcome);
    // Hosts that nothing is known of when the command was interrupted.
    void add_missing(const std::string& host);

    // "198 ok, 1 failed, 1 unreachable: web07", without a newline.
    [[nodiscard]] std::string closing_line() const;
    [[nodiscard]] int exit_status() const;

  private:
    bool dry_run_;
    bool plugin_refused_ = false;
    std::size_t ok_ = 0;
    std::size_t failed_ = 0;
    std::size_t not_run_ = 0;
    std::map<std::string, std::vector<std::string>> errors_; // hosts by the error's name
    std::vector<std::string> missing_;
};

} // namespace otto::cli
