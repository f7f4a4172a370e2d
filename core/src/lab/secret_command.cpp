#include "lab/secret_resolve.hpp"
#include "lab/unique_fd.hpp"

#include <otto/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <system_error>

namespace otto {
namespace {

constexpr auto time_limit = std::chrono::seconds(10);
constexpr std::size_t output_limit = 64 * 1024;

std::string reason(int code) {
    return std::generic_category().message(code);
}

// What the child is born with: no input, its output on a pipe, errors nowhere (they might repeat the secret),
// a process group of its own so that it can be ended with its children, and no signal masks or handlers of
// the program.
class SpawnPlan {
  public:
    explicit SpawnPlan(int output) {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
        ::posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        sigset_t none, all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawnattr_setflags(&attributes_,
                                   POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;
    ~SpawnPlan() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }

    pid_t spawn(const std::vector<std::string>& argv) const {
        std::vector<char*> words;
        for (const std::string& word : argv)
            words.push_back(const_cast<char*>(word.c_str())); // posix_spawn does not write to them
        words.push_back(nullptr);
        pid_t pid = -1;
        const int fault = ::posix_spawnp(&pid, words.front(), &actions_, &attributes_, words.data(), environ);
        if (fault != 0) throw Error(Errc::lab, "cannot start the program: " + reason(fault));
        return pid;
    }

  private:
    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
};

// A child that is ended, with its process group, and reaped with its owner.
class Child {
  public:
    explicit Child(pid_t pid)
        : pid_(pid)
        , pidfd_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (running_) {
            ::kill(-pid_, SIGKILL);
            reap();
        }
    }

    [[nodiscard]] int pidfd() const noexcept { return pidfd_.get(); }

    // Waits for the end of the child.
    siginfo_t reap() {
        siginfo_t info = {};
        while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) != 0 && errno == EINTR) {
        }
        running_ = false;
        return info;
    }

  private:
    pid_t pid_;
    UniqueFd pidfd_;
    bool running_ = true;
};

// Appends what the pipe holds now. False at its end.
bool drain(int pipe, std::string& output) {
    char block[4096];
    for (;;) {
        const ssize_t n = ::read(pipe, block, sizeof block);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno == EAGAIN;
        if (n == 0) return false;
        output.append(block, static_cast<std::size_t>(n));
        if (output.size() > output_limit) throw Error(Errc::lab, "the program wrote more than 64 KiB");
    }
}

// Reads until the child has ended; a grandchild that holds the pipe open is not waited for.
std::string read_until_exit(const Child& child, int pipe) {
    const auto deadline = std::chrono::steady_clock::now() + time_limit;
    std::string output;
    bool open = true;
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
        if (left <= 0) throw Error(Errc::lab, "the program did not end within 10 seconds");
        pollfd waits[] = {{child.pidfd(), POLLIN, 0}, {open ? pipe : -1, POLLIN, 0}};
        if (::poll(waits, 2, static_cast<int>(left)) < 0 && errno != EINTR)
            throw Error(Errc::lab, "cannot wait for the program: " + reason(errno));
        if (open) open = drain(pipe, output);
        if ((waits[0].revents & POLLIN) != 0) return output;
    }
}

} // namespace

std::string resolve_command(const std::vector<std::string>& argv) {
    if (argv.empty() || argv.front().empty()) throw Error(Errc::lab, "no program is named");
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) throw Error(Errc::lab, "cannot make a pipe: " + reason(errno));
    const UniqueFd reader(ends[0]);
    UniqueFd writer(ends[1]);
    // Only our end: the program must see an ordinary, blocking pipe.
    ::fcntl(reader.get(), F_SETFL, O_NONBLOCK);

    Child child(SpawnPlan(writer.get()).spawn(argv));
    writer.reset();
    if (child.pidfd() < 0) throw Error(Errc::lab, "cannot watch the program: " + reason(errno));
    std::string output = read_until_exit(child, reader.get());
    const siginfo_t info = child.reap();
    drain(reader.get(), output);
    if (info.si_code != CLD_EXITED)
        throw Error(Errc::lab, "the program was ended by signal " + std::to_string(info.si_status));
    if (info.si_status != 0)
        throw Error(Errc::lab, "the program ended with status " + std::to_string(info.si_status));
    if (!output.empty() && output.back() == '\n') output.pop_back();
    if (output.empty()) throw Error(Errc::lab, "the program printed nothing");
    return output;
}

} // namespace otto
