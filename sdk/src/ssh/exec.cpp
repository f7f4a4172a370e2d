#include "watchdog.hpp"

#include <otto/sdk/ssh/channel.hpp>
#include <otto/sdk/ssh/exec.hpp>
#include <otto/sdk/ssh/exec_script.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <sys/random.h>

#include <atomic>
#include <utility>

namespace otto::sdk {

namespace {

constexpr Duration grace(250);     // for output after the exit status
constexpr Duration kill_wait(150); // how long a cancelled call waits for the end of its command
constexpr Duration kill_limit(5'000);

// No two commands share it, on whatever connection: random for the process, then counted.
std::string next_id() {
    static const std::uint64_t random = [] {
        std::uint64_t number = 0;
        if (::getrandom(&number, sizeof number, 0) != sizeof number) number = 0x6f74746f;
        return number;
    }();
    static std::atomic<std::uint64_t> count{0};
    static constexpr char digits[] = "0123456789abcdef";
    std::string id;
    for (int shift = 60; shift >= 0; shift -= 4)
        id.push_back(digits[random >> shift & 15]);
    return id + "x" + std::to_string(++count);
}

CommandExit to_exit(const SshExit& exit) {
    if (!exit.signal.empty()) return CommandExit::signalled(exit.signal, StatusSource::reported);
    if (exit.status) return CommandExit::exited(*exit.status, StatusSource::reported);
    return {};
}

class RunningCommand {
  public:
    RunningCommand(SshSessionPtr session, Command command, std::string shell, std::shared_ptr<CommandIo> io)
        : session_(std::move(session))
        , command_(std::move(command))
        , shell_(std::move(shell))
        , io_(std::move(io))
        , script_(command_, shell_, next_id())
        , mark_(script_.id()) {}

    task<CommandExit> run() {
        std::exception_ptr failure;
        CommandExit exit;
        try {
            exit = co_await talk();
        } catch (...) {
            failure = std::current_exception();
        }
        if (failure) {
            // The call is cancelled: without this, waiting for anything would throw.
            co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
            if (io_->cut_off() || is_cancelled(failure)) co_await end_command();
            std::rethrow_exception(failure);
        }
        co_return exit;
    }

  private:
    static bool is_cancelled(const std::exception_ptr& failure) {
        try {
            std::rethrow_exception(failure);
        } catch (const boost::system::system_error& error) {
            return error.code() == asio::error::operation_aborted;
        } catch (...) {
            return false;
        }
    }

    task<CommandExit> talk() {
        auto start = SshStart::exec(script_.line());
        start.pty(command_.wants_pty());
        start.before_start([io = io_] { io->handed_over(); });
        channel_ = co_await SshChannel::open(session_, std::move(start));
        if (!script_.prologue().empty()) channel_->send(script_.prologue());
        if (script_.prologue().empty()) send_input();
        std::unique_ptr<Watchdog> watchdog;
        for (;;) {
            auto chunk = co_await channel_->read();
            co_await pass_on(chunk);
            if (chunk.ended) break;
            const auto exit = channel_->exit();
            if (!watchdog && (exit.status || !exit.signal.empty())) watchdog = make_watchdog();
        }
        co_await pass_rest();
        if (watchdog && watchdog->has_bitten())
            io_->left_running("a process that still holds the output of '" + command_.text().substr(0, 60) +
                              "'");
        co_return to_exit(channel_->exit());
    }

    std::unique_ptr<Watchdog> make_watchdog() {
        std::function<void()> stop = [channel = channel_] { channel->stop_reading(); };
        return std::make_unique<Watchdog>(session_->executor(), grace, "output after the exit status",
                                          std::move(stop));
    }

    // Not before a long command has been read, or its shell would take the input for more commands.
    void send_input() {
        if (std::exchange(input_sent_, true)) return;
        if (command_.input()) channel_->send(*command_.input());
        if (command_.wants_pty()) {
            channel_->send("\004"); // a terminal has no end of file but this
        } else {
            channel_->send_end();
        }
    }

    task<> pass_on(SshChunk& chunk) {
        auto& marked = command_.wants_pty() ? chunk.output : chunk.error_output;
        if (!marked.empty() || chunk.ended) marked = mark_.pass(marked);
        if (mark_.pid()) send_input();
        if (!chunk.output.empty()) co_await io_->write(StreamId::output, chunk.output);
        if (!chunk.error_output.empty()) co_await io_->write(StreamId::error_output, chunk.error_output);
    }

    task<> pass_rest() {
        const auto rest = mark_.rest();
        if (!rest.empty())
            co_await io_->write(command_.wants_pty() ? StreamId::output : StreamId::error_output, rest);
    }

    // The call is cancelled, so waiting must be made possible again, for as long as the caller's caller
    // allows.
    task<> end_command() {
        if (!channel_ || session_->gone()) {
            if (channel_) io_->left_running(describe());
            co_return;
        }
        if (!mark_.pid()) {
            io_->left_running("'" + command_.text().substr(0, 60) +
                              "', whose process group was not known yet");
            co_return;
        }
        auto ended = std::make_shared<std::optional<bool>>();
        auto event = std::make_shared<Timer>(session_->executor(), "the end of a command that was cut off");
        event->expires_after(kill_wait);
        auto kill = [](SshSessionPtr session, std::string script, std::shared_ptr<std::optional<bool>> answer,
                       std::shared_ptr<Timer> done, SshChannelPtr channel) -> task<> {
            *answer = co_await ssh_kill(session, std::move(script));
            done->cancel();
            channel.reset(); // kept until now: closing it first would only tell the command to ignore HUP
        };
        auto work = kill(session_, kill_script(shell_, script_.id(), *mark_.pid()), ended, event, channel_);
        asio::co_spawn(session_->executor(), std::move(work), asio::detached);
        co_await event->wait();
        if (!ended->value_or(false)) io_->left_running(describe());
    }

    std::string describe() const {
        return mark_.pid() ? "process group " + std::to_string(*mark_.pid())
                           : "'" + command_.text().substr(0, 60) + "'";
    }

    SshSessionPtr session_;
    Command command_;
    std::string shell_;
    std::shared_ptr<CommandIo> io_;
    ExecScript script_;
    MarkFilter mark_;
    SshChannelPtr channel_;
    bool input_sent_ = false;
};

} // namespace

task<CommandExit> ssh_exec(SshSessionPtr session, Command command, std::string shell,
                           std::shared_ptr<CommandIo> io) {
    RunningCommand running(std::move(session), std::move(command), std::move(shell), std::move(io));
    co_return co_await running.run();
}

task<bool> ssh_kill(SshSessionPtr session, std::string script) {
    try {
        auto channel = co_await SshChannel::open(session, SshStart::exec(std::move(script)));
        channel->send_end();
        std::function<void()> stop = [channel] { channel->stop_reading(); };
        Watchdog watchdog(session->executor(), kill_limit, "a kill that does not end", std::move(stop));
        std::string output;
        for (;;) {
            const auto chunk = co_await channel->read();
            output += chunk.output;
            if (chunk.ended) break;
        }
        co_return !watchdog.has_bitten() && output.empty() && channel->exit().status == 0;
    } catch (const std::exception&) {
        co_return false;
    }
}

} // namespace otto::sdk
