#include "loop.hpp"

#include <otto/command.hpp>
#include <otto/error.hpp>
#include <otto/sdk/pty.hpp>
#include <otto/sdk/ready_set.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <set>

using namespace otto::sdk;
using namespace test;

namespace {

SpawnRequest shell(const std::string& script) {
    return SpawnRequest(otto::lines("/bin/sh", "-c", script));
}

// Standard output of a script, and how it ended.
struct Outcome {
    std::string output;
    otto::CommandExit exit;
};

Outcome run(Loop& loop, SpawnRequest request) {
    Outcome outcome;
    auto body = [&]() -> task<> {
        Pipe out = pipe_from_child();
        request.descriptor(1, std::move(out.write));
        Process child = Process::spawn(loop.executor(), std::move(request));
        outcome.output = co_await read_all(loop.executor(), std::move(out.read));
        outcome.exit = co_await child.wait();
        child.reap();
    };
    loop.run(body);
    return outcome;
}

} // namespace

TEST_CASE("a child's output and exit status arrive, and nothing is left behind") {
    Loop loop;
    std::ignore = run(loop, shell("true")); // what the event loop itself opens
    const std::size_t before = open_descriptors();
    const Outcome outcome = run(loop, shell("echo hello; exit 3"));
    CHECK(outcome.output == "hello\n");
    CHECK(outcome.exit.status() == 3);
    CHECK(outcome.exit.source() == otto::StatusSource::reported);
    CHECK(open_descriptors() == before);
    CHECK(children() == 0);
}

TEST_CASE("a child killed by a signal is told apart from one that exits") {
    Loop loop;
    const Outcome outcome = run(loop, shell("kill -KILL $$"));
    CHECK_FALSE(outcome.exit.status());
    CHECK(outcome.exit.signal() == "KILL");
}

TEST_CASE("a child starts with default dispositions, an empty mask and only its own descriptors") {
    Loop loop;
    const Fd stray(::open("/dev/null", O_RDONLY)); // an application's descriptor without CLOEXEC
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGHUP, SIG_IGN);
    const Outcome outcome = run(loop, shell("grep -E '^Sig(Blk|Ign)' /proc/self/status; ls /proc/self/fd"));
    // 32 and 33 are the C library's own, which it leaves ignored in every child of posix_spawn.
    ::signal(SIGPIPE, SIG_DFL);
    ::signal(SIGHUP, SIG_DFL);
    CHECK(outcome.output ==
          "SigBlk:\t0000000000000000\nSigIgn:\t0000000180000000\n0\n1\n2\n3\n"); // 3 is ls' own
}

TEST_CASE("a child leads a group of its own, in the directory and with the variables asked for") {
    Loop loop;
    ::setenv("OTTO_TEST_KEPT", "kept", 1);
    ::setenv("OTTO_TEST_OTHER", "old", 1);
    SpawnRequest request = shell("pwd; echo $OTTO_TEST_KEPT $OTTO_TEST_OTHER; cut -d' ' -f1,5 /proc/$$/stat");
    request.directory("/usr").env("OTTO_TEST_OTHER", "new value");
    const Outcome outcome = run(loop, std::move(request));
    std::istringstream lines(outcome.output);
    std::string line;
    std::getline(lines, line);
    CHECK(line == "/usr");
    std::getline(lines, line);
    CHECK(line == "kept new value");
    pid_t pid = 0;
    pid_t group = 1;
    lines >> pid >> group;
    CHECK(pid == group);
}

TEST_CASE("what cannot be started is named with the kernel's reason") {
    Loop loop;
    std::ignore = run(loop, shell("true"));
    const std::size_t before = open_descriptors();
    auto start = [&](SpawnRequest request) {
        std::ignore = Process::spawn(loop.executor(), std::move(request));
    };
    CHECK_THROWS_WITH(start(SpawnRequest(otto::lines("/no/such/program"))),
                      "cannot start '/no/such/program': No such file or directory");
    CHECK_THROWS_WITH(start(SpawnRequest(otto::lines("/etc/passwd"))),
                      "cannot start '/etc/passwd': Permission denied");
    SpawnRequest elsewhere = shell("true");
    elsewhere.directory("/no/such/place");
    CHECK_THROWS_WITH(start(std::move(elsewhere)),
                      "cannot start a process in '/no/such/place': No such file or directory");
    CHECK_THROWS_WITH(start(SpawnRequest(otto::lines("/bin/echo", std::string(200'000, 'x')))),
                      Catch::Contains("Argument list too long") && Catch::Contains("standard input"));
    CHECK_THROWS_WITH(start(shell(std::string("a\0b", 3))), Catch::Contains("NUL"));
    CHECK(open_descriptors() == before);
    CHECK(children() == 0);
}

TEST_CASE("standard input is empty unless given, and a reader that went away is no signal") {
    Loop loop;
    CHECK(run(loop, shell("wc -c")).output == "0\n");
    auto body = [&]() -> task<> {
        Pipe in = pipe_to_child();
        SpawnRequest request = shell("exec 0<&-; exit 0");
        request.descriptor(0, std::move(in.read));
        Process child = Process::spawn(loop.executor(), std::move(request));
        co_await child.wait();
        CHECK_FALSE(write_some(in.write.get(), "too late"));
    };
    loop.run(body);
}

TEST_CASE("descriptors above two arrive under their numbers, whatever theirs are here") {
    Loop loop;
    Pipe three = pipe_to_child();
    Pipe four = pipe_to_child();
    REQUIRE(write_some(three.write.get(), "three\n") == 6U);
    REQUIRE(write_some(four.write.get(), "four\n") == 5U);
    SpawnRequest request = shell("head -n1 <&3; head -n1 <&4");
    request.descriptor(4, std::move(four.read)).descriptor(3, std::move(three.read));
    CHECK(run(loop, std::move(request)).output == "three\nfour\n");
    SpawnRequest gap = shell("true");
    Pipe five = pipe_to_child();
    gap.descriptor(5, std::move(five.read));
    CHECK_THROWS_AS(Process::spawn(loop.executor(), std::move(gap)), otto::Error);
}

TEST_CASE("a child that ignores SIGTERM is killed with its group within the bound") {
    Loop loop;
    pid_t grandchild = 0;
    auto body = [&]() -> task<> {
        Pipe out = pipe_from_child();
        SpawnRequest request =
            shell("trap '' TERM; sleep 60 >/dev/null & echo $!; exec 1>&-; while :; do sleep 60; done");
        request.descriptor(1, std::move(out.write));
        Process child = Process::spawn(loop.executor(), std::move(request));
        const std::string text = co_await read_all(loop.executor(), std::move(out.read));
        grandchild = std::stoi(text);
        const auto began = std::chrono::steady_clock::now();
        const bool gone = co_await child.end(Duration(100), Duration(2000));
        CHECK(gone);
        CHECK(child.poll()->signal() == "KILL");
        CHECK(std::chrono::steady_clock::now() - began >= Duration(100));
    };
    loop.run(body);
    CHECK(loop.settle([&] { return !exists(grandchild) || children() == 0; }));
    CHECK(children() == 0);
}

TEST_CASE("a child that ends by SIGTERM is not kept waiting for the grace") {
    Loop loop;
    auto body = [&]() -> task<> {
        Process child = Process::spawn(loop.executor(), SpawnRequest(otto::lines("sleep", "60")));
        const bool gone = co_await child.end(Duration(10'000), Duration(15'000));
        CHECK(gone);
        CHECK(child.poll()->signal() == "TERM");
    };
    const auto began = std::chrono::steady_clock::now();
    loop.run(body);
    CHECK(std::chrono::steady_clock::now() - began < Duration(5000));
}

TEST_CASE("a process that is dropped is killed, and reaped in the background") {
    Loop loop;
    auto body = [&]() -> task<> {
        std::ignore = Process::spawn(loop.executor(), SpawnRequest(otto::lines("sleep", "60")));
        co_return;
    };
    loop.run(body);
    CHECK(loop.settle([] { return children() == 0; }));
    auto again = [&]() -> task<> {
        std::ignore = Process::spawn(loop.executor(), SpawnRequest(otto::lines("sleep", "60")));
        co_return;
    };
    {
        Loop dying;
        auto last = [&]() -> task<> {
            std::ignore = Process::spawn(dying.executor(), SpawnRequest(otto::lines("sleep", "60")));
            co_return;
        };
        dying.run(last);
    }
    CHECK(children() == 0);
    loop.run(again);
    CHECK(loop.settle([] { return children() == 0; }));
}

TEST_CASE("an application's own child is left for the application to reap") {
    Loop loop;
    const pid_t own = ::fork();
    if (own == 0) ::_exit(7);
    std::ignore = run(loop, shell("true"));
    int status = 0;
    CHECK(::waitpid(own, &status, 0) == own);
    CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("an application that ignores SIGCHLD costs the status and nothing else") {
    Loop loop;
    ::signal(SIGCHLD, SIG_IGN);
    const Outcome outcome = run(loop, shell("echo out; exit 3"));
    ::signal(SIGCHLD, SIG_DFL);
    CHECK(outcome.output == "out\n");
    CHECK_FALSE(outcome.exit.status());
    CHECK(outcome.exit.source() == otto::StatusSource::unknown);
}

TEST_CASE("waiting is cancellable and bounded") {
    Loop loop;
    auto body = [&]() -> task<> {
        Process child = Process::spawn(loop.executor(), SpawnRequest(otto::lines("sleep", "60")));
        const auto ended = co_await child.wait_for(Duration(20));
        CHECK_FALSE(ended);
        child.signal_group(SIGKILL);
        const otto::CommandExit exit = co_await child.wait();
        CHECK(exit.signal() == "KILL");
    };
    loop.run(body);
}

TEST_CASE("a shell on a terminal has it as its controlling one, 400 columns wide") {
    Loop loop;
    std::string text;
    auto body = [&]() -> task<> {
        Pty pty = Pty::open(PtyMode::exact_output);
        SpawnRequest request = shell("stty size; test -t 0 && test -t 1 && echo tty; echo via >/dev/tty");
        request.terminal(pty.path());
        Process child = Process::spawn(loop.executor(), std::move(request));
        Fd master = pty.take_master();
        text = co_await read_all(loop.executor(), std::move(master));
        co_await child.wait();
    };
    loop.run(body);
    CHECK(text == "24 400\ntty\nvia\n");
}

TEST_CASE("the interrupt character reaches what runs on the terminal") {
    Loop loop;
    auto body = [&]() -> task<> {
        Pty pty = Pty::open(PtyMode::terminal);
        SpawnRequest request =
            shell("trap 'echo caught; exit 4' INT; echo ready; while :; do sleep 60; done");
        request.terminal(pty.path());
        Process child = Process::spawn(loop.executor(), std::move(request));
        ReadySet set(loop.executor());
        const auto key = set.add(pty.take_master(), ReadySet::Event::read);
        std::string text;
        std::vector<char> buffer(512);
        for (;;) {
            std::size_t size = 0;
            const ReadOutcome outcome = read_some(set.fd(key), buffer, size);
            text.append(buffer.data(), size);
            if (outcome == ReadOutcome::end) break;
            if (text == "ready\r\n") {
                interrupt_foreground(set.fd(key));
                set.set_alarm(
                    Duration(100)); // a shell between fork and exec swallows the signal: again, then
            }
            set.arm(key);
            co_await set.wait();
            std::ignore = set.take_ready(key);
        }
        CHECK(text == "ready\r\ncaught\r\n");
        const otto::CommandExit exit = co_await child.wait();
        CHECK(exit.status() == 4);
    };
    loop.run(body);
}

TEST_CASE("a thousand children, 64 at a time, leave no trace") {
    Loop loop;
    std::ignore = run(loop, shell("true"));
    const std::size_t before = open_descriptors();
    int left = 1000;
    std::size_t ended = 0;
    auto worker = [&]() -> task<> {
        while (left-- > 0) {
            Process child = Process::spawn(loop.executor(), SpawnRequest(otto::lines("/bin/true")));
            const otto::CommandExit exit = co_await child.wait();
            child.reap();
            if (exit.status() == 0) ++ended;
        }
    };
    for (int i = 0; i < 64; ++i) {
        asio::co_spawn(loop.executor(), worker(), [](std::exception_ptr) {});
    }
    CHECK(loop.settle([&] { return ended == 1000; }));
    CHECK(open_descriptors() == before);
    CHECK(children() == 0);
}
