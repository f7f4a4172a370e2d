// measured REPORT COMMAND ARGUMENT...: runs a command and writes what it took to REPORT, as "wall user sys
// peak status": seconds, and the KiB of its largest process. A program of its own and not the script that
// calls it, because a child starts with the peak memory of its parent, and an interpreter's would hide a
// small program's.
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iostream>

namespace {

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

int shell_status(int status) {
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: measured REPORT COMMAND ARGUMENT...\n";
        return 2;
    }

    const auto began = std::chrono::steady_clock::now();
    pid_t child = 0;
    const int failed = ::posix_spawnp(&child, argv[2], nullptr, nullptr, argv + 2, environ);
    if (failed != 0) {
        std::cerr << "measured: " << argv[2] << ": " << std::strerror(failed) << '\n';
        return 2;
    }
    int status = 0;
    rusage used{};
    if (::wait4(child, &status, 0, &used) != child) {
        std::cerr << "measured: wait4: " << std::strerror(errno) << '\n';
        return 2;
    }
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began;

    std::ofstream report(argv[1]);
    report << wall.count() << ' ' << seconds(used.ru_utime) << ' ' << seconds(used.ru_stime) << ' '
           << used.ru_maxrss << ' ' << shell_status(status) << '\n';
    return report.good() ? 0 : 2;
}
