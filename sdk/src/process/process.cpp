#include "spawner.hpp"

#include <otto/error.hpp>
#include <otto/sdk/process.hpp>
#include <otto/sdk/ready_set.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>

namespace otto::sdk {

namespace {

CommandExit exit_from(const siginfo_t& info) {
    if (info.si_code == CLD_EXITED) return CommandExit::exited(info.si_status, StatusSource::reported);
    const char* name = ::sigabbrev_np(info.si_status);
    std::string text = name != nullptr ? name : "RTMIN+" + std::to_string(info.si_status - SIGRTMIN);
    return CommandExit::signalled(std::move(text), StatusSource::reported);
}

} // namespace

// Shared with the handler that waits for the child's end: a process that was dropped is reaped by it, so
// nothing has to be started in a destructor. If the event loop goes away first, the handler dies and the last
// owner reaps.
struct Process::State : std::enable_shared_from_this<State> {
    explicit State(const asio::any_io_executor& executor)
        : watcher(executor) {}
    ~State();
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    void watch();
    void collect() noexcept;
    [[nodiscard]] id_t handle() { return static_cast<id_t>(watcher.native_handle()); }

    asio::posix::stream_descriptor watcher; // of the pidfd
    pid_t pid = -1;
    std::optional<CommandExit> exit;
    std::atomic<bool> reaped = true; // a child is there from watch() on
    std::atomic<bool> ended = false;
    std::atomic<bool> abandoned = false;
};

void Process::State::watch() {
    reaped = false;
    // Not glibc's pidfd_open: 2.36 declares it without C linkage.
    Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd && errno == ESRCH) { // the application ignores SIGCHLD, and the kernel has reaped the child
        exit = CommandExit();
        reaped = true;
        return;
    }
    if (!pidfd) {
        throw Error(Errc::internal, "cannot watch a process: " + std::generic_category().message(errno))
            .advice("raise the limit of open files (ulimit -n)");
    }
    watcher.assign(pidfd.get());
    pidfd.release();
    watcher.async_wait(asio::posix::descriptor_base::wait_read,
                       [self = shared_from_this()](boost::system::error_code) {
                           self->ended = true;
                           if (self->abandoned) self->collect();
                       });
}

void Process::State::collect() noexcept {
    siginfo_t info{};
    if (!reaped.exchange(true)) ::waitid(P_PIDFD, handle(), &info, WEXITED | WNOHANG);
}

Process::State::~State() {
    if (reaped) return;
    ::kill(-pid, SIGKILL);
    siginfo_t info{};
    if (!watcher.is_open()) { // out of descriptors: the child has only just begun, and dies at once
        ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED);
        return;
    }
    constexpr int last_chance_ms = 100; // only a child in uninterruptible sleep takes longer
    pollfd end{watcher.native_handle(), POLLIN, 0};
    ::poll(&end, 1, last_chance_ms);
    collect();
}

SpawnRequest::SpawnRequest(std::vector<std::string> argv)
    : argv_(std::move(argv)) {}

SpawnRequest& SpawnRequest::env(std::string name, std::string value) {
    env_.insert_or_assign(std::move(name), std::move(value));
    return *this;
}

SpawnRequest& SpawnRequest::directory(std::string path) {
    directory_ = std::move(path);
    return *this;
}

SpawnRequest& SpawnRequest::descriptor(int number, Fd end) {
    descriptors_.insert_or_assign(number, std::move(end));
    return *this;
}

SpawnRequest& SpawnRequest::terminal(std::string path) {
    terminal_ = std::move(path);
    return *this;
}

Process::Process(std::shared_ptr<State> state)
    : state_(std::move(state)) {}
Process::Process(Process&&) noexcept = default;

Process& Process::operator=(Process&& other) noexcept {
    if (this != &other) {
        abandon();
        state_ = std::move(other.state_);
    }
    return *this;
}

Process::~Process() {
    abandon();
}

Process Process::spawn(asio::any_io_executor executor, SpawnRequest request) {
    Spawner spawner(std::move(request));
    auto state = std::make_shared<State>(executor);
    state->pid = spawner.start();
    state->watch();
    return Process(std::move(state));
}

pid_t Process::pid() const noexcept {
    return state_->pid;
}

Fd Process::end_descriptor() const {
    Fd copy(::fcntl(state_->watcher.native_handle(), F_DUPFD_CLOEXEC, 0));
    if (!copy)
        throw Error(Errc::internal, "cannot watch a process: " + std::generic_category().message(errno));
    return copy;
}

std::optional<CommandExit> Process::poll() noexcept {
    if (state_->exit) return state_->exit;
    siginfo_t info{};
    if (::waitid(P_PIDFD, state_->handle(), &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
        state_->exit = CommandExit();
        state_->reaped = true; // ECHILD: by the kernel, for an application that ignores SIGCHLD
    } else if (info.si_pid != 0) {
        state_->exit = exit_from(info);
    }
    return state_->exit;
}

void Process::signal_group(int signal) noexcept {
    if (!state_->reaped) ::kill(-state_->pid, signal);
}

void Process::reap() noexcept {
    if (poll()) state_->collect();
}

task<CommandExit> Process::wait() {
    if (!poll()) {
        ReadySet set(state_->watcher.get_executor());
        const ReadySet::Key key = set.add(end_descriptor(), ReadySet::Event::read);
        while (!poll()) {
            set.arm(key);
            co_await set.wait();
            std::ignore = set.take_ready(key);
        }
    }
    co_return *state_->exit;
}

task<std::optional<CommandExit>> Process::wait_for(Duration span) {
    if (!poll()) {
        ReadySet set(state_->watcher.get_executor());
        const ReadySet::Key key = set.add(end_descriptor(), ReadySet::Event::read);
        set.set_alarm(span);
        while (!poll() && !set.alarm_rang()) {
            set.arm(key);
            co_await set.wait();
            std::ignore = set.take_ready(key);
        }
    }
    co_return state_->exit;
}

task<bool> Process::end(Duration grace, Duration limit) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    signal_group(SIGTERM);
    std::optional<CommandExit> ended = co_await wait_for(grace);
    signal_group(SIGKILL);
    if (!ended) ended = co_await wait_for(std::max(limit - grace, Duration(0)));
    reap();
    co_return ended.has_value();
}

void Process::abandon() noexcept {
    if (!state_) return;
    if (!poll()) signal_group(SIGKILL);
    state_->abandoned = true;
    if (state_->ended || state_->exit) state_->collect();
    state_.reset();
}

} // namespace otto::sdk
