#include <otto/error.hpp>
#include <otto/secret.hpp>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <support/catch.hpp>

using namespace otto;

namespace {

struct Scratch {
    Scratch() {
        char name[] = "/tmp/otto-secret-XXXXXX";
        dir = ::mkdtemp(name);
    }
    ~Scratch() { std::filesystem::remove_all(dir); }
    std::string file(const std::string& text, mode_t mode = 0600) const {
        const std::string path = dir + "/secret";
        std::ofstream(path) << text;
        ::chmod(path.c_str(), mode);
        return path;
    }
    std::string dir;
};

std::string fault(const Secret& secret) {
    try {
        return "no fault, but a value of " + std::to_string(secret.resolve_blocking().size()) + " bytes";
    } catch (const Error& error) {
        return error.what();
    }
}

Secret shell(const std::string& script) {
    return Secret::command({"/bin/sh", "-c", script}, true);
}

std::size_t open_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        ++count;
    return count;
}

} // namespace

TEST_CASE("a secret shows its reference and never its value") {
    CHECK(Secret::literal("hunter2").describe() == "(secret)");
    CHECK(Secret::env("FRR").describe() == "!env FRR");
    CHECK(Secret::file("/k").describe() == "!file /k");
    CHECK(Secret::command({"pass", "a b"}, true).describe() == "!command [pass, a b]");
    CHECK(Secret::ask("").describe() == "!ask");
    CHECK(Secret::ask("door").describe() == "!ask door");
    CHECK(Secret().resolve_blocking().empty());
}

TEST_CASE("equal references have one identity, different ones never share it") {
    CHECK(Secret::env("A").identity() == Secret::env("A").identity());
    CHECK(Secret::env("A").identity() != Secret::env("B").identity());
    CHECK(Secret::env("A").identity() != Secret::file("A").identity());
    CHECK(Secret::command({"a b"}, true).identity() != Secret::command({"a", "b"}, true).identity());
    CHECK(Secret::command({"a"}, true).identity() != Secret::command({"a"}, false).identity());
}

TEST_CASE("a secret from the environment is read when it is used") {
    ::unsetenv("OTTO_TEST_SECRET");
    const Secret secret = Secret::env("OTTO_TEST_SECRET");
    CHECK(fault(secret) ==
          "!env OTTO_TEST_SECRET: the environment variable is not set (export OTTO_TEST_SECRET=...)");
    ::setenv("OTTO_TEST_SECRET", "hunter2", 1);
    CHECK(secret.resolve_blocking() == "hunter2");
}

TEST_CASE("a secret file is read only if nobody else can read it") {
    const Scratch scratch;
    CHECK(Secret::file(scratch.file("hunter2\nrest\n")).resolve_blocking() == "hunter2");
    CHECK(Secret::file(scratch.file("hunter2\r\n")).resolve_blocking() == "hunter2");
    CHECK(Secret::file(scratch.file("no newline")).resolve_blocking() == "no newline");

    const std::string path = scratch.file("hunter2\n", 0640);
    CHECK(fault(Secret::file(path)) ==
          "!file " + path + ": others can read the file (chmod 600 " + path + ")");
    (void)scratch.file("hunter2\n", 0604);
    CHECK_THAT(fault(Secret::file(path)), Catch::Contains("others can read the file"));
    (void)scratch.file("\n", 0600);
    CHECK_THAT(fault(Secret::file(path)), Catch::EndsWith("the first line is empty"));
    (void)scratch.file(std::string(100000, 'x'), 0600);
    CHECK_THAT(fault(Secret::file(path)), Catch::EndsWith("longer than 64 KiB"));
    CHECK_THAT(fault(Secret::file("/no/such")),
               Catch::EndsWith("cannot open the file: No such file or directory"));
    CHECK_THAT(fault(Secret::file("/dev/null")), Catch::EndsWith("not a regular file"));

    const std::string fifo = scratch.dir + "/fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    CHECK_THAT(fault(Secret::file(fifo)), Catch::EndsWith("not a regular file"));
}

TEST_CASE("a secret from a program is its output, without a shell") {
    CHECK(Secret::command({"printf", "%s", "a b;$HOME"}, true).resolve_blocking() == "a b;$HOME");
    CHECK(shell("echo hunter2").resolve_blocking() == "hunter2");
    CHECK(shell("cat; echo end").resolve_blocking() == "end");
    CHECK_THAT(fault(shell("exit 3")), Catch::EndsWith("ended with status 3"));
    CHECK_THAT(fault(shell("kill -9 $$")), Catch::EndsWith("ended by signal 9"));
    CHECK_THAT(fault(shell("true")), Catch::EndsWith("printed nothing"));
    CHECK_THAT(fault(shell("echo hunter2 >&2; exit 1")), !Catch::Contains("hunter2\n"));
    CHECK_THAT(fault(shell("yes")), Catch::EndsWith("more than 64 KiB"));
    CHECK_THAT(fault(Secret::command({"/no/such"}, true)), Catch::Contains("cannot start the program"));
    CHECK_THAT(fault(Secret::command({}, true)), Catch::Contains("no program"));
}

TEST_CASE("a program of a lab file that others can write is not run") {
    const Scratch scratch;
    const std::string trace = scratch.dir + "/trace";
    CHECK_THAT(fault(Secret::command({"touch", trace}, false)),
               Catch::StartsWith("!command [touch, " + trace +
                                 "]: not run, because others could change the lab file"));
    CHECK_FALSE(std::filesystem::exists(trace));
}

TEST_CASE("a program that leaves a child with its output open does not hold the secret back") {
    const auto begin = std::chrono::steady_clock::now();
    CHECK(shell("sleep 30 & echo hunter2").resolve_blocking() == "hunter2");
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}

TEST_CASE("a program that does not end is killed with its children after ten seconds", "[slow]") {
    const Scratch scratch;
    const std::string pids = scratch.dir + "/pids";
    const std::size_t before = open_descriptors();
    const auto begin = std::chrono::steady_clock::now();
    CHECK_THAT(fault(shell("trap '' TERM; sleep 60 & echo $! > " + pids + "; wait")),
               Catch::EndsWith("did not end within 10 seconds"));
    const auto took = std::chrono::steady_clock::now() - begin;
    CHECK(took >= std::chrono::seconds(10));
    CHECK(took < std::chrono::seconds(13));
    CHECK(open_descriptors() == before);
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
    pid_t child = 0;
    std::ifstream(pids) >> child;
    REQUIRE(child > 0);
    std::string state;
    std::string word;
    std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
    stat >> word >> word >> state;
    CHECK((state.empty() || state == "Z"));
}

namespace {

// A child on a terminal of its own that asks once and reports what it got.
struct Asking {
    Asking() {
        int ends[2] = {};
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        pid = ::forkpty(&terminal, nullptr, nullptr, nullptr);
        REQUIRE(pid >= 0);
        if (pid == 0) {
            std::string text;
            try {
                text = "=" + Secret::ask("door").resolve_blocking();
            } catch (const Error& error) {
                text = error.what();
            }
            termios state = {};
            ::tcgetattr(0, &state);
            text += (state.c_lflag & ECHO) && (state.c_lflag & ISIG) ? "|restored" : "|broken";
            const ssize_t n = ::write(ends[1], text.data(), text.size());
            ::_exit(n < 0);
        }
        ::close(ends[1]);
        answer = ends[0];
    }
    ~Asking() {
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        ::close(terminal);
        ::close(answer);
    }
    std::string screen_until(const std::string& text) {
        std::string seen;
        char block[256];
        pollfd wait = {terminal, POLLIN, 0};
        while (seen.find(text) == std::string::npos && ::poll(&wait, 1, 5000) == 1) {
            const ssize_t n = ::read(terminal, block, sizeof block);
            if (n <= 0) break;
            seen.append(block, static_cast<std::size_t>(n));
        }
        return seen;
    }
    void type(const std::string& text) const {
        REQUIRE(::write(terminal, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }
    std::string result() const {
        char block[512] = {};
        pollfd wait = {answer, POLLIN, 0};
        REQUIRE(::poll(&wait, 1, 5000) == 1);
        const ssize_t n = ::read(answer, block, sizeof block);
        return std::string(block, n > 0 ? static_cast<std::size_t>(n) : 0);
    }
    pid_t pid = -1;
    int terminal = -1;
    int answer = -1;
};

} // namespace

TEST_CASE("an asked secret is typed on the terminal and never shown there") {
    Asking asking;
    CHECK(asking.screen_until("door: ") == "door: ");
    asking.type("hunter3\x7f"
                "2\n");
    CHECK(asking.result() == "=hunter2|restored");
    CHECK(asking.screen_until("\n") == "\r\n");
}

TEST_CASE("Ctrl-C while asking gives the terminal back") {
    Asking asking;
    CHECK(asking.screen_until("door: ") == "door: ");
    asking.type("hun\x03");
    CHECK(asking.result() == "!ask door: not answered|restored");
}
