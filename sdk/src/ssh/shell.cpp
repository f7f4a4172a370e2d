#include "watchdog.hpp"

#include <otto/sdk/ssh/exec.hpp>
#include <otto/sdk/ssh/shell.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <charconv>
#include <exception>
#include <utility>

namespace otto::sdk {

namespace {

// A shell between fork and exec, or a command that has just set its own handler, swallows an interrupt:
// again, then.
constexpr Duration interrupt_again(150);
constexpr int interrupts = 20;

void run_in_background(const SshSessionPtr& session, std::string script) {
    auto work = [](SshSessionPtr owner, std::string text) -> task<> {
        (void)co_await ssh_kill(owner, std::move(text));
    };
    auto started = work(session, std::move(script));
    asio::co_spawn(session->executor(), std::move(started), asio::detached);
}

// Keeps nothing but what a short question prints.
class AnswerIo final : public CommandIo {
  public:
    task<> write(StreamId stream, std::string_view bytes) override {
        if (stream == StreamId::output && text.size() < 1024) text += bytes;
        co_return;
    }
    void handed_over() noexcept override {}
    void left_running(std::string) override {}
    [[nodiscard]] bool cut_off() const noexcept override { return false; }
    std::string text;
};

} // namespace

SshShell::SshShell(std::string shell)
    : shell_(std::move(shell))
    , frame_(PosixFrame::Channel::pipes, shell_ + " -s") {}

task<SshShellPtr> SshShell::open(SshSessionPtr session, std::string shell) {
    SshShellPtr made(new SshShell(std::move(shell)));
    // -l reads the profile, as a login would. The login shell itself must not read from the channel: dash
    // reads ahead, and would take away what follows.
    auto start = SshStart::exec("exec " + made->shell_ + " -l -s");
    start.held();
    made->channel_ = co_await SshChannel::open(std::move(session), std::move(start));
    co_await made->learn_pid();
    co_return made;
}

task<> SshShell::learn_pid() {
    channel_->send(frame_.resync());
    const std::shared_ptr<CommandIo> nobody;
    co_await converse(nobody);
    if (frame_.state() != PosixFrame::State::idle) throw ended();
    const auto answer = std::make_shared<AnswerIo>();
    channel_->send(frame_.begin(Command("echo $$")));
    co_await converse(answer);
    long pid = 0;
    const auto& text = answer->text;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), pid);
    if (frame_.state() != PosixFrame::State::idle || parsed.ec != std::errc() || pid <= 1) throw ended();
    pid_ = pid;
}

bool SshShell::alive() const noexcept {
    return frame_.state() != PosixFrame::State::gone && !channel_->session()->gone();
}

Error SshShell::ended() const {
    const auto& session = *channel_->session();
    if (session.gone())
        return Error(Errc::closed, "the connection to " + session.peer() + " was lost: " + session.reason());
    if (!pid_) {
        return Error(Errc::protocol, "no POSIX shell answered on " + session.peer())
            .advice("see the option shell; is the login shell disabled?");
    }
    return Error(Errc::closed, "the session's shell on " + session.peer() + " ended")
        .advice("the next command begins a new session");
}

// Passes output on until the frame has what it waits for, or the shell has ended.
task<> SshShell::converse(std::shared_ptr<CommandIo> io) {
    std::string output;
    std::string error_output;
    const PosixFrame::Output keep = [&](StreamId stream, std::string_view bytes) {
        (stream == StreamId::output ? output : error_output) += bytes;
    };
    while (frame_.state() != PosixFrame::State::idle && frame_.state() != PosixFrame::State::gone) {
        auto chunk = co_await channel_->read();
        if (!chunk.output.empty()) frame_.feed(StreamId::output, chunk.output, keep);
        if (!chunk.error_output.empty()) frame_.feed(StreamId::error_output, chunk.error_output, keep);
        if (chunk.ended) {
            frame_.end_of_stream(StreamId::output, keep);
            frame_.end_of_stream(StreamId::error_output, keep);
        }
        if (io && !output.empty()) co_await io->write(StreamId::output, output);
        if (io && !error_output.empty()) co_await io->write(StreamId::error_output, error_output);
        output.clear();
        error_output.clear();
    }
}

task<CommandExit> SshShell::run(Command command, std::shared_ptr<CommandIo> io) {
    auto bytes = frame_.begin(command);
    io->handed_over();
    channel_->send(std::move(bytes));
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
    if (frame_.state() == PosixFrame::State::gone) throw ended();
    co_return CommandExit::exited(frame_.status(), StatusSource::marker);
}

void SshShell::interrupt() {
    if (!alive() || !pid_) return;
    // No quote or backslash inside: any login shell hands it on unharmed.
    run_in_background(channel_->session(),
                      "exec " + shell_ + " -c 'kill -INT -" + std::to_string(*pid_) + "'");
}

task<bool> SshShell::recover() {
    if (alive()) channel_->send(frame_.resync());
    for (int i = 0; i < interrupts && alive() && frame_.state() != PosixFrame::State::idle; ++i) {
        // run() has interrupted once, and a shell that is being replaced because of that would die of a second one.
        if (i > 0) interrupt();
        co_await listen(interrupt_again);
    }
    const bool fit = alive() && frame_.state() == PosixFrame::State::idle;
    if (!fit) kill();
    co_return fit;
}

// Takes in, and drops, what comes within the time, until the frame has what it waits for.
task<> SshShell::listen(Duration span) {
    std::function<void()> stop = [channel = channel_] { channel->pause_reading(); };
    const Watchdog watchdog(channel_->session()->executor(), span, "an answer to an interrupt",
                            std::move(stop));
    const PosixFrame::Output drop = [](StreamId, std::string_view) {};
    while (!watchdog.has_bitten() && alive() && frame_.state() != PosixFrame::State::idle) {
        const auto chunk = co_await channel_->read();
        frame_.feed(StreamId::output, chunk.output, drop);
        frame_.feed(StreamId::error_output, chunk.error_output, drop);
        if (chunk.ended) frame_.end_of_stream(StreamId::output, drop);
    }
}

void SshShell::close() noexcept {
    channel_->send_end();
    channel_.reset();
}

void SshShell::kill() {
    if (!pid_ || channel_->session()->gone()) return;
    const auto group = std::to_string(*pid_);
    run_in_background(channel_->session(), "exec " + shell_ + " -c 'kill -TERM -" + group +
                                               "; sleep 1; kill -KILL -" + group + "'");
}

} // namespace otto::sdk
