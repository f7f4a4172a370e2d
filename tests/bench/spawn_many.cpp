// spawn_many COUNT WIDTH: starts `/bin/sh -c true` COUNT times, WIDTH at a time, with nothing around it: what
// a machine can do at best, for comparison.
#include <spawn.h>
#include <sys/wait.h>

#include <cstdlib>
#include <cstring>
#include <iostream>

namespace {

bool start_one() {
    char shell[] = "/bin/sh";
    char option[] = "-c";
    char command[] = "true";
    char* argv[] = {shell, option, command, nullptr};
    pid_t child = 0;
    const int failed = ::posix_spawn(&child, shell, nullptr, nullptr, argv, environ);
    if (failed != 0) std::cerr << "spawn_many: " << std::strerror(failed) << '\n';
    return failed == 0;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: spawn_many COUNT WIDTH\n";
        return 2;
    }
    const int count = std::atoi(argv[1]);
    const int width = std::atoi(argv[2]);

    int started = 0;
    int ended = 0;
    while (ended < count) {
        while (started < count && started - ended < width) {
            if (!start_one()) return 1;
            ++started;
        }
        int status = 0;
        if (::wait(&status) < 0 || status != 0) return 1;
        ++ended;
    }
    return 0;
}
