#include "shell_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <stdexcept>

using otto::StreamId;

namespace {

constexpr auto patience = std::chrono::seconds(20);

std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    return ends;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

// setsid makes the terminal, opened first, the controlling one; SETSIGDEF because test runners may ignore
// INT.
pid_t spawn(const std::vector<std::string>& argv, posix_spawn_file_actions_t& actions) {
    std::vector<char*> args;
    for (const auto& arg : argv)
        args.push_back(const_cast<char*>(arg.c_str()));
    args.push_back(nullptr);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    posix_spawnattr_setflags(&attributes, static_cast<short>(POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF));
    pid_t pid = -1;
    int failed = ::posix_spawnp(&pid, args[0], &actions, &attributes, args.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw std::runtime_error("cannot start " + argv[0]);
    return pid;
}

} // namespace

ShellProcess::ShellProcess(std::vector<std::string> argv, Frame::Channel channel)
    : frame(channel, joined(argv)) {
    if (channel == Frame::Channel::pipes) argv.emplace_back("-s");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (channel == Frame::Channel::terminal) {
        int slave = -1;
        winsize size{};
        size.ws_col = 400;
        if (::openpty(&in_, &slave, nullptr, nullptr, &size) != 0) throw std::runtime_error("openpty");
        std::string name = ::ttyname(slave);
        ::fcntl(in_, F_SETFD, FD_CLOEXEC);
        ::fcntl(slave, F_SETFD, FD_CLOEXEC);
        posix_spawn_file_actions_addopen(&actions, 0, name.c_str(), O_RDWR, 0);
        posix_spawn_file_actions_adddup2(&actions, 0, 1);
        posix_spawn_file_actions_adddup2(&actions, 0, 2);
        pid_ = spawn(argv, actions);
        ::close(slave);
        out_ = ::fcntl(in_, F_DUPFD_CLOEXEC, 0);
    } else {
        auto in = make_pipe();
        auto out = make_pipe();
        auto err = make_pipe();
        posix_spawn_file_actions_adddup2(&actions, in[0], 0);
        posix_spawn_file_actions_adddup2(&actions, out[1], 1);
        posix_spawn_file_actions_adddup2(&actions, err[1], 2);
        pid_ = spawn(argv, actions);
        ::close(in[0]);
        ::close(out[1]);
        ::close(err[1]);
        in_ = in[1];
        out_ = out[0];
        err_ = err[0];
    }
    ::fcntl(in_, F_SETFL, O_NONBLOCK);
    ::signal(SIGPIPE, SIG_IGN); // of the test program
}

ShellProcess::~ShellProcess() {
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    for (int fd : {in_, out_, err_})
        if (fd >= 0) ::close(fd);
}

void ShellProcess::interrupt() {
    ::kill(-pid_, SIGINT);
}

void ShellProcess::send(std::string_view bytes) {
    unsent_ += bytes;
}

void ShellProcess::read_from(int& fd, StreamId stream) {
    static std::array<char, 65536> buffer;
    ssize_t n = ::read(fd, buffer.data(), buffer.size());
    Frame::Output give = [this](StreamId id, std::string_view text) {
        if (id == StreamId::output) ran_.out_bytes += text.size();
        if (keep_) (id == StreamId::output ? ran_.out : ran_.err) += text;
    };
    if (n > 0) {
        frame.feed(stream, std::string_view(buffer.data(), static_cast<std::size_t>(n)), give);
    } else {
        frame.end_of_stream(stream, give);
        ::close(fd);
        fd = -1;
    }
}

bool ShellProcess::exchange(int timeout_ms) {
    std::array<pollfd, 3> fds{};
    fds[0] = {out_, POLLIN, 0};
    fds[1] = {err_, POLLIN, 0};
    fds[2] = {unsent_.empty() ? -1 : in_, POLLOUT, 0};
    if (::poll(fds.data(), fds.size(), timeout_ms) <= 0) return false;
    if (fds[2].revents != 0) {
        ssize_t n = ::write(in_, unsent_.data(), std::min<std::size_t>(unsent_.size(), 4096));
        if (n > 0) unsent_.erase(0, static_cast<std::size_t>(n));
        if (n < 0 && errno != EAGAIN) unsent_.clear();
    }
    if (out_ >= 0 && fds[0].revents != 0) read_from(out_, StreamId::output);
    if (err_ >= 0 && fds[1].revents != 0) read_from(err_, StreamId::error_output);
    return true;
}

void ShellProcess::start(const otto::Command& command) {
    ran_ = Ran();
    send(frame.begin(command));
}

ShellProcess::Ran ShellProcess::finish(std::string_view until, bool keep) {
    keep_ = keep;
    auto limit = std::chrono::steady_clock::now() + patience;
    while (frame.state() == Frame::State::running && std::chrono::steady_clock::now() < limit) {
        if (!until.empty() && ran_.out.ends_with(until)) return ran_;
        exchange(100);
    }
    if (frame.state() == Frame::State::idle) {
        ran_.ended = true;
        ran_.status = frame.status();
        ran_.replaced = frame.shell_replaced();
    }
    return ran_;
}

// An interrupt may fall between fork and exec of a child, which then does not see it: it is sent until it
// works.
ShellProcess::Ran ShellProcess::interrupt_and_finish() {
    auto limit = std::chrono::steady_clock::now() + patience;
    while (frame.state() == Frame::State::running && std::chrono::steady_clock::now() < limit) {
        interrupt();
        while (frame.state() == Frame::State::running && exchange(200)) {
        }
    }
    return finish();
}

ShellProcess::Ran ShellProcess::run(const otto::Command& command, bool keep) {
    start(command);
    return finish({}, keep);
}

bool ShellProcess::resync() {
    send(frame.resync());
    auto limit = std::chrono::steady_clock::now() + patience;
    while (frame.state() == Frame::State::resyncing && std::chrono::steady_clock::now() < limit)
        exchange(100);
    return frame.state() == Frame::State::idle;
}
