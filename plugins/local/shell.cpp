#include "shell.hpp"

#include <otto/error.hpp>
#include <otto/sdk/pty.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <signal.h>

#include <exception>
#include <tuple>

namespace otto::local {

namespace {

constexpr std::size_t read_size = 64 * 1024;
// A shell between fork and exec, or a command that has just set its own handler, swallows an interrupt:
// again, then.
constexpr Duration interrupt_again(100);
constexpr int interrupts = 45; // all within the five seconds that core grants a recovery
constexpr Duration last_words(100);
constexpr Duration polite(200);
constexpr Duration grace(200);
constexpr Duration last_limit(1'000);

} // namespace

// The frame takes the terminal for its one stream; that its own lines arrive by a pipe makes them no less
// valid.
Shell::Shell(asio::any_io_executor executor, const Settings& settings)
    : ready_(executor)
    , frame_(sdk::PosixFrame::Channel::terminal, settings.shell + " -s")
    , buffer_(read_size) {
    sdk::Pipe commands = sdk::pipe_to_child();
    sdk::Pty pty = sdk::Pty::open(sdk::PtyMode::exact_output);
    std::vector<std::string> arguments(1, "-s");
    sdk::SpawnRequest request = settings.shell_with(std::move(arguments));
    request.terminal(pty.path()).env("TERM", "dumb").descriptor(0, std::move(commands.read));
    process_ = sdk::Process::spawn(std::move(executor), std::move(request));
    end_ = ready_.add(process_->end_descriptor(), sdk::ReadySet::Event::read);
    commands_ = ready_.add(std::move(commands.write), sdk::ReadySet::Event::write);
    terminal_ = ready_.add(pty.take_master(), sdk::ReadySet::Event::read);
}

bool Shell::alive() noexcept {
    return !process_->poll() && frame_.state() != sdk::PosixFrame::State::gone;
}

Error Shell::ended() noexcept {
    const CommandExit exit = process_->poll().value_or(CommandExit());
    std::string how;
    if (exit.status()) how = " with status " + std::to_string(*exit.status());
    if (!exit.signal().empty()) how = " by signal " + exit.signal();
    return Error(Errc::closed, "the session's shell ended" + how)
        .advice("the next command begins a new session");
}

void Shell::send() {
    std::ignore = ready_.take_ready(commands_);
    if (unsent_.empty()) return;
    const std::optional<std::size_t> written = sdk::write_some(ready_.fd(commands_), unsent_);
    if (!written) unsent_.clear(); // the shell is gone, which its end tells
    unsent_.erase(0, written.value_or(0));
}

// False when there is nothing more to read for now, or ever.
bool Shell::receive(const sdk::PosixFrame::Output& output) {
    std::size_t size = 0;
    switch (sdk::read_some(ready_.fd(terminal_), buffer_, size)) {
    case sdk::ReadOutcome::data:
        frame_.feed(StreamId::output, std::string_view(buffer_.data(), size), output);
        return true;
    case sdk::ReadOutcome::end:
        frame_.end_of_stream(StreamId::output, output);
        return false;
    case sdk::ReadOutcome::would_block:
        break;
    }
    // A child in the background may still hold the terminal of a shell that has ended.
    if (process_->poll()) frame_.end_of_stream(StreamId::output, output);
    return false;
}

void Shell::wait_for_more() {
    std::ignore = ready_.take_ready(terminal_);
    std::ignore = ready_.take_ready(end_);
    if (!process_->poll()) ready_.arm(end_);
    ready_.arm(terminal_);
    if (!unsent_.empty()) ready_.arm(commands_);
}

// Exchanges bytes until the frame has what it waits for, or the shell has ended.
task<> Shell::converse(std::shared_ptr<CommandIo> io) {
    std::string chunk;
    const sdk::PosixFrame::Output output = [&chunk](StreamId, std::string_view bytes) { chunk += bytes; };
    for (;;) {
        send();
        const bool more = receive(output);
        if (!chunk.empty() && io) co_await io->write(StreamId::output, chunk);
        chunk.clear();
        const sdk::PosixFrame::State state = frame_.state();
        if (state == sdk::PosixFrame::State::idle || state == sdk::PosixFrame::State::gone) co_return;
        if (ready_.alarm_rang()) co_return;
        if (more && ++reads_in_a_row_ % 16 != 0) continue;
        wait_for_more();
        co_await ready_.wait();
    }
}

task<CommandExit> Shell::run(Command command, std::shared_ptr<CommandIo> io) {
    unsent_ += frame_.begin(command);
    ready_.set_alarm(unbounded); // a recovery's may still be set
    io->handed_over();
    std::exception_ptr failure;
    try {
        co_await converse(io);
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        interrupt();
        std::rethrow_exception(failure);
    }
    if (frame_.state() == sdk::PosixFrame::State::gone) {
        // The terminal's end comes a moment before the process can be asked.
        std::ignore = co_await process_->wait_for(last_words);
        throw ended();
    }
    co_return CommandExit::exited(frame_.status(), StatusSource::marker);
}

void Shell::interrupt() noexcept {
    sdk::interrupt_foreground(ready_.fd(terminal_));
}

task<bool> Shell::recover() {
    // A command that was cut off while it was being sent is sent to its end: half of it could not be ended
    // otherwise.
    if (alive()) unsent_ += frame_.resync();
    for (int i = 0; i < interrupts && alive() && frame_.state() != sdk::PosixFrame::State::idle; ++i) {
        // run() has interrupted once, and a shell that is being replaced because of that would die of a second one.
        if (i > 0) interrupt();
        ready_.set_alarm(interrupt_again);
        const std::shared_ptr<CommandIo> nobody;
        co_await converse(nobody);
    }
    co_return alive() && frame_.state() == sdk::PosixFrame::State::idle;
}

task<> Shell::close() {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    ready_.close(commands_);
    const std::optional<CommandExit> left = co_await process_->wait_for(polite);
    if (!left) process_->signal_group(SIGHUP);
    std::ignore = co_await process_->end(grace, last_limit);
}

void Shell::abort() noexcept {
    process_->signal_group(SIGKILL);
}

} // namespace otto::local
