#include "host/command_recorder.hpp"

#include <utility>

namespace otto {
namespace {

constexpr std::size_t default_output_limit = 16 * 1024 * 1024;

Duration since(Deadline start) {
    return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start);
}

} // namespace

CommandIo::~CommandIo() = default;

CommandRecorder::CommandRecorder(const Command& command, std::string host, std::shared_ptr<EventHub> hub,
                                 std::shared_ptr<EventBacklog> backlog)
    : command_(command.text())
    , host_(std::move(host))
    , hub_(std::move(hub))
    , backlog_(std::move(backlog))
    , started_(std::chrono::system_clock::now())
    , start_(std::chrono::steady_clock::now())
    , output_(command.output_limit().value_or(default_output_limit))
    , error_output_(command.output_limit().value_or(default_output_limit)) {}

task<> CommandRecorder::write(StreamId stream, std::string_view bytes) {
    {
        const std::lock_guard lock(mutex_);
        if (finished_ || bytes.empty()) co_return;
        (stream == StreamId::output ? output_ : error_output_).append(bytes);
    }
    if (!hub_->wants_output()) co_return;
    Event event(EventKind::output, std::string(bytes));
    event.host(host_).stream(stream);
    co_await hub_->post_output(std::move(event), backlog_);
}

void CommandRecorder::left_running(std::string what) {
    hub_->post(Event(EventKind::left_running, what).host(host_));
    const std::lock_guard lock(mutex_);
    left_running_ = std::move(what);
}

CommandResult CommandRecorder::finish(const CommandExit& exit, std::optional<Error> error) {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    const std::uint64_t dropped = output_.dropped() + error_output_.dropped();
    return ResultBuilder::command(command_, exit, output_.take(), error_output_.take(), std::move(error),
                                  dropped, left_running_, started_, since(start_));
}

CommandResult ResultBuilder::command(std::string text, const CommandExit& exit, std::string output,
                                     std::string error_output, std::optional<Error> error,
                                     std::uint64_t truncated, std::string left_running,
                                     std::chrono::system_clock::time_point started, Duration duration) {
    CommandResult result(std::move(text));
    const bool succeeded = exit.signal().empty() && exit.status() == 0;
    const bool known = !exit.signal().empty() || exit.status();
    if (!error && !known)
        error = Error(Errc::protocol, "the command ended, but nothing told its exit status");
    result.status_ = error ? Status::error : succeeded ? Status::success : Status::failed;
    result.exit_ = exit;
    result.output_ = std::move(output);
    result.error_output_ = std::move(error_output);
    result.error_ = std::move(error);
    result.truncated_ = truncated;
    result.left_running_ = std::move(left_running);
    result.started_ = started;
    result.duration_ = duration;
    return result;
}

TransferResult ResultBuilder::transfer(std::uint64_t bytes, std::string source, std::string destination,
                                       Duration duration) {
    TransferResult result = transfer_not_run(std::move(source), std::move(destination));
    result.status_ = Status::success;
    result.bytes_ = bytes;
    result.duration_ = duration;
    return result;
}

TransferResult ResultBuilder::transfer_not_run(std::string source, std::string destination) {
    TransferResult result;
    result.source_ = std::move(source);
    result.destination_ = std::move(destination);
    return result;
}

} // namespace otto
