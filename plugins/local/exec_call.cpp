#include "exec_call.hpp"

#include "data_file.hpp"

#include <otto/error.hpp>
#include <otto/sdk/pty.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <fcntl.h>
#include <signal.h>

#include <algorithm>
#include <exception>
#include <tuple>

namespace otto::local {

namespace {

constexpr std::size_t read_size = 64 * 1024;
// After so many reads in a row the strand gets its turn: a command that never pauses must not keep a
// cancellation out.
constexpr int reads_in_a_row = 16;
// Linux takes 128 KiB as one argument. Longer scripts go in as data, and so do those that are not far from
// it.
constexpr std::size_t longest_argument = 64 * 1024;
// After the end of the command, for children that still hold its output.
constexpr Duration linger(250);
// When a command is cut off: from TERM to KILL, and from KILL to giving up. Together well below the quarter
// of a second that core grants a cancelled call.
constexpr Duration grace(120);
constexpr Duration last_wait(60);

constexpr std::size_t terminal_line =
    4095; // what the line discipline holds; the rest of a longer line is lost
constexpr char end_of_input = '\x04';

// What is typed for the command: its input, and the end of it. The second one ends a last line without a
// newline.
std::string typed(const std::string& input) {
    std::size_t length = 0;
    for (const char byte : input) {
        length = byte == '\n' ? 0 : length + 1;
        if (length < terminal_line) continue;
        throw Error(Errc::usage,
                    "a line of the command's input is longer than the 4095 bytes that a terminal takes")
            .advice("run the command without a terminal");
    }
    return input + end_of_input + end_of_input;
}

} // namespace

ExecCall::ExecCall(asio::any_io_executor executor, const Settings& settings, Command command,
                   std::shared_ptr<CommandIo> io)
    : settings_(settings)
    , command_(std::move(command))
    , io_(std::move(io))
    , executor_(executor)
    , ready_(std::move(executor))
    , buffer_(read_size) {}

void ExecCall::start() {
    const bool as_data = command_.text().size() > longest_argument;
    // `cat` sees its own descriptor 3; the command does not.
    const std::string script = as_data ? R"sh(eval "$(cat <&3)" 3<&-)sh" : command_.text();
    std::vector<std::string> arguments;
    arguments.emplace_back("-c");
    arguments.emplace_back("--");
    arguments.push_back(script);
    sdk::SpawnRequest request = settings_.shell_with(std::move(arguments));
    for (const auto& [name, value] : command_.env())
        request.env(name, value);
    if (!command_.directory().empty()) request.directory(settings_.resolve(command_.directory()));
    if (as_data) {
        if (command_.text().find('\0') != std::string::npos) {
            throw Error(Errc::usage, "the command holds a NUL byte, which no shell can be given");
        }
        request.descriptor(3, data_file(command_.text()));
    }
    if (command_.wants_pty()) {
        start_on_terminal(std::move(request));
    } else {
        start_on_pipes(std::move(request));
    }
    end_key_ = ready_.add(process_->end_descriptor(), sdk::ReadySet::Event::read);
}

void ExecCall::start_on_pipes(sdk::SpawnRequest request) {
    sdk::Pipe out = sdk::pipe_from_child();
    sdk::Pipe error = sdk::pipe_from_child();
    if (command_.input()) request.descriptor(0, data_file(*command_.input()));
    request.descriptor(1, std::move(out.write)).descriptor(2, std::move(error.write));
    process_ = sdk::Process::spawn(executor_, std::move(request));
    streams_.push_back({StreamId::output, ready_.add(std::move(out.read), sdk::ReadySet::Event::read)});
    streams_.push_back(
        {StreamId::error_output, ready_.add(std::move(error.read), sdk::ReadySet::Event::read)});
}

void ExecCall::start_on_terminal(sdk::SpawnRequest request) {
    typed_ = typed(command_.input().value_or(std::string()));
    sdk::Pty pty = sdk::Pty::open(sdk::PtyMode::terminal);
    request.terminal(pty.path()).env("TERM", "dumb");
    process_ = sdk::Process::spawn(executor_, std::move(request));
    sdk::Fd writing(::fcntl(pty.master().get(), F_DUPFD_CLOEXEC, 0));
    typing_ = ready_.add(std::move(writing), sdk::ReadySet::Event::write);
    streams_.push_back({StreamId::output, ready_.add(pty.take_master(), sdk::ReadySet::Event::read)});
}

bool ExecCall::streams_open() const noexcept {
    return std::any_of(streams_.begin(), streams_.end(), [](const Stream& stream) { return stream.open; });
}

void ExecCall::arm_all() {
    if (!process_->poll()) ready_.arm(end_key_);
    for (const Stream& stream : streams_) {
        if (stream.open) ready_.arm(stream.key);
    }
    if (typing_ && !typed_.empty()) ready_.arm(*typing_);
}

void ExecCall::type_input() {
    if (!typing_ || typed_.empty()) return;
    std::ignore = ready_.take_ready(*typing_);
    const std::optional<std::size_t> written = sdk::write_some(ready_.fd(*typing_), typed_);
    typed_.erase(0, written.value_or(typed_.size()));
}

task<> ExecCall::pump(Stream& stream) {
    for (int reads = 0; reads < reads_in_a_row; ++reads) {
        std::size_t size = 0;
        const sdk::ReadOutcome outcome = sdk::read_some(ready_.fd(stream.key), buffer_, size);
        if (outcome == sdk::ReadOutcome::would_block) break;
        if (outcome == sdk::ReadOutcome::end) {
            stream.open = false;
            ready_.close(stream.key);
            break;
        }
        const std::string_view bytes(buffer_.data(), size);
        co_await io_->write(stream.id, bytes);
    }
}

// Until the command has ended, and its output too or the time for that is over.
task<> ExecCall::serve() {
    bool ended = false;
    for (;;) {
        type_input();
        for (Stream& stream : streams_) {
            std::ignore = ready_.take_ready(stream.key);
            if (stream.open) co_await pump(stream);
        }
        if (!ended && process_->poll()) {
            ended = true;
            ready_.set_alarm(linger);
            continue; // what it wrote last
        }
        if (ended && !streams_open()) co_return;
        if (ended && ready_.alarm_rang()) {
            io_->left_running("a child of the command, which holds its output");
            co_return;
        }
        arm_all();
        co_await ready_.wait();
        std::ignore = ready_.take_ready(end_key_);
    }
}

// Reading goes on, so that a command that writes while it ends is not held up; what it says then is not kept.
void ExecCall::discard(Stream& stream) {
    std::ignore = ready_.take_ready(stream.key);
    for (int reads = 0; stream.open && reads < reads_in_a_row; ++reads) {
        std::size_t size = 0;
        const sdk::ReadOutcome outcome = sdk::read_some(ready_.fd(stream.key), buffer_, size);
        if (outcome == sdk::ReadOutcome::would_block) return;
        if (outcome == sdk::ReadOutcome::end) {
            stream.open = false;
            ready_.close(stream.key);
        }
    }
}

task<> ExecCall::stop() {
    const std::string group = "process group " + std::to_string(process_->pid());
    process_->signal_group(SIGTERM);
    ready_.set_alarm(grace);
    for (bool killed = false;;) {
        for (Stream& stream : streams_)
            discard(stream);
        const bool ended = process_->poll().has_value();
        if (ended && !streams_open()) break;
        if (ready_.alarm_rang()) {
            if (killed) break;
            killed = true;
            process_->signal_group(SIGKILL);
            ready_.set_alarm(last_wait);
        }
        arm_all();
        co_await ready_.wait();
        std::ignore = ready_.take_ready(end_key_);
    }
    if (!process_->poll()) {
        io_->left_running(group + ", which does not end by SIGKILL");
    } else if (streams_open()) {
        io_->left_running("a process that left " + group);
    }
    process_->signal_group(SIGKILL);
    process_->reap();
}

task<CommandExit> ExecCall::run() {
    start();
    io_->handed_over();
    std::exception_ptr failure;
    try {
        co_await serve();
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        co_await stop();
        std::rethrow_exception(failure);
    }
    const CommandExit exit = *process_->poll();
    process_->reap();
    co_return exit;
}

void ExecCall::abort() noexcept {
    if (process_) process_->signal_group(SIGKILL);
}

} // namespace otto::local
