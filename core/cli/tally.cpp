#include "tally.hpp"

#include <signal.h>
#include <string.h>

#include <algorithm>

namespace otto::cli {
namespace {

constexpr std::size_t names_shown = 20;

void append(std::string& line, const std::string& part) {
    line += (line.empty() ? "" : ", ") + part;
}

// "2 unreachable: web07 web09"
std::string with_names(const std::string& what, const std::vector<std::string>& hosts) {
    std::string text = std::to_string(hosts.size()) + " " + what + ":";
    const std::size_t shown = std::min(hosts.size(), names_shown);
    for (std::size_t i = 0; i < shown; ++i)
        text += " " + hosts[i];
    if (shown < hosts.size()) text += " and " + std::to_string(hosts.size() - shown) + " more";
    return text;
}

// The number of a signal's name without SIG, or 0.
int signal_number(const std::string& name) {
    for (int number = 1; number < NSIG; ++number) {
        const char* known = ::sigabbrev_np(number);
        if (known != nullptr && name == known) return number;
    }
    return 0;
}

} // namespace

int exit_status_of(const Error& error) {
    switch (error.code()) {
    case Errc::usage:
    case Errc::lab:
    case Errc::plugin:
        return exit_status::usage;
    case Errc::reservation:
        return exit_status::reservation;
    default:
        return exit_status::failure;
    }
}

int exit_status_of_commands(const Outcome& outcome) {
    static constexpr int not_finished = 255;
    for (const auto& command : outcome.result().commands()) {
        if (command.status() == Status::error) return not_finished;
        if (command.status() != Status::failed) continue;
        if (!command.signal().empty()) {
            const int number = signal_number(command.signal());
            return number == 0 ? not_finished : 128 + number;
        }
        return command.exit_status().value_or(not_finished);
    }
    return outcome.error() ? not_finished : exit_status::success;
}

void Tally::add(const Outcome& outcome) {
    switch (outcome.status()) {
    case Status::success:
        ++ok_;
        return;
    case Status::not_run:
        ++not_run_;
        return;
    case Status::failed:
        ++failed_;
        return;
    case Status::error:
        break;
    }
    const std::optional<Error> error = outcome.first_error();
    if (!error) {
        ++failed_;
        return;
    }
    if (error->code() == Errc::plugin) plugin_refused_ = true;
    errors_[std::string(to_string(error->code()))].push_back(outcome.host());
}

void Tally::add_missing(const std::string& host) {
    missing_.push_back(host);
}

std::string Tally::closing_line() const {
    std::string line = std::to_string(ok_) + " ok";
    if (failed_ > 0) append(line, std::to_string(failed_) + " failed");
    if (not_run_ > 0) append(line, std::to_string(not_run_) + " not run");
    for (const auto& [name, hosts] : errors_)
        append(line, with_names(name, hosts));
    if (!missing_.empty()) append(line, with_names("missing", missing_));
    return line;
}

int Tally::exit_status() const {
    if (plugin_refused_) return exit_status::usage;
    const bool declined = not_run_ > 0 && !dry_run_;
    if (failed_ > 0 || declined || !errors_.empty() || !missing_.empty()) return exit_status::failure;
    return exit_status::success;
}

} // namespace otto::cli
