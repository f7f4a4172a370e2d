#include <otto/event.hpp>
#include <otto/result.hpp>

#include <algorithm>
#include <array>
#include <ostream>
#include <utility>

namespace otto {

std::string_view to_string(Status status) noexcept {
    switch (status) {
    case Status::success:
        return "success";
    case Status::not_run:
        return "not-run";
    case Status::failed:
        return "failed";
    case Status::error:
        break;
    }
    return "error";
}

std::string_view to_string(StatusSource source) noexcept {
    switch (source) {
    case StatusSource::reported:
        return "reported";
    case StatusSource::marker:
        return "marker";
    case StatusSource::unknown:
        break;
    }
    return "unknown";
}

CommandExit CommandExit::exited(int status, StatusSource source) {
    CommandExit exit;
    exit.status_ = status;
    exit.source_ = source;
    return exit;
}

CommandExit CommandExit::signalled(std::string name, StatusSource source) {
    CommandExit exit;
    exit.signal_ = std::move(name);
    exit.source_ = source;
    return exit;
}

CommandResult::CommandResult() = default;

CommandResult::CommandResult(std::string command)
    : command_(std::move(command)) {}

void CommandResult::require_run() const {
    if (status_ == Status::not_run) throw NotRun("'" + command_ + "' was not run, so it has no result");
}

std::optional<int> CommandResult::exit_status() const {
    require_run();
    return exit_.status();
}

const std::string& CommandResult::signal() const {
    require_run();
    return exit_.signal();
}

StatusSource CommandResult::source() const {
    require_run();
    return exit_.source();
}

const std::string& CommandResult::output() const {
    require_run();
    return output_;
}

const std::string& CommandResult::error_output() const {
    require_run();
    return error_output_;
}

std::string CommandResult::text() const {
    std::string text = decode_text(output());
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

bool CommandResult::timed_out() const noexcept {
    return error_ && error_->code() == Errc::timed_out;
}

namespace {

std::string last_line(std::string_view text) {
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.remove_suffix(1);
    const auto start = text.rfind('\n');
    return std::string(start == std::string_view::npos ? text : text.substr(start + 1));
}

std::string ending(const CommandResult& result) {
    if (!result.signal().empty()) return "ended by signal " + result.signal();
    if (const auto status = result.exit_status()) return "ended with status " + std::to_string(*status);
    return "ended with an unknown status";
}

} // namespace

const CommandResult& CommandResult::check() const {
    require_run();
    if (error_) throw Error(*error_);
    if (ok()) return *this;
    const std::string line = decode_text(last_line(error_output_.empty() ? output_ : error_output_));
    throw Error(Errc::protocol, "'" + command_ + "' " + ending(*this) + (line.empty() ? "" : ": " + line));
}

HostResult::HostResult(std::string host, std::vector<CommandResult> commands, std::optional<Error> error,
                       Duration duration)
    : host_(std::move(host))
    , commands_(std::move(commands))
    , error_(std::move(error))
    , duration_(duration) {
    for (const auto& command : commands_)
        if (!error_ && command.error()) error_ = command.error();
}

Status HostResult::status() const noexcept {
    if (error_) return Status::error;
    Status worst = Status::success;
    for (const auto& command : commands_)
        worst = std::max(worst, command.status());
    return worst;
}

std::ostream& operator<<(std::ostream& out, const CommandResult& result) {
    out << to_string(result.status());
    if (result.status() == Status::not_run) return out;
    if (result.error())
        return out << " (" << to_string(result.error()->code()) << "): " << result.error()->what();
    if (result.status() == Status::failed) out << " (" << ending(result) << ')';
    const std::string line = escape_controls(decode_text(last_line(result.output())));
    if (!line.empty()) out << ": " << line;
    return out;
}

std::ostream& operator<<(std::ostream& out, const HostResult& result) {
    if (result.error()) {
        return out << to_string(result.status()) << " (" << to_string(result.error()->code())
                   << "): " << result.error()->what();
    }
    if (result.commands().size() == 1) return out << result.commands().front();
    out << to_string(result.status());
    for (const auto& command : result.commands())
        out << "; " << command;
    return out;
}

FleetResult::FleetResult(std::vector<Entry> entries)
    : entries_(std::move(entries)) {}

bool FleetResult::ok() const noexcept {
    return status() == Status::success;
}

Status FleetResult::status() const noexcept {
    Status worst = Status::success;
    for (const auto& [id, result] : entries_)
        worst = std::max(worst, result.status());
    return worst;
}

const HostResult& FleetResult::at(std::string_view host) const {
    const auto found = std::ranges::find(entries_, host, &Entry::first);
    if (found != entries_.end()) return found->second;
    throw Error(Errc::usage, "host '" + std::string(host) + "' was not part of this call");
}

} // namespace otto
