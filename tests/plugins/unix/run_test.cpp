// The session of a Unix host.
#include "unix_fixture.hpp"

using namespace test;

namespace {

// Five commands in a row, as they must be after whatever came before.
task<> expect_clean(Host& host) {
    for (int i = 0; i < 5; ++i) {
        const CommandResult result = co_await host.run("echo clean " + std::to_string(i));
        CHECK(result.output() == "clean " + std::to_string(i) + "\n");
        CHECK(result.exit_status() == 0);
    }
}

} // namespace

TEST_CASE("a session over SSH keeps directory and variables, streams apart") {
    const Sshd server;
    auto body = [](Host& host) -> task<> {
        CommandResult result = co_await host.run("cd /usr; NUMBER=7; echo err >&2");
        CHECK(result.ok());
        CHECK(result.error_output() == "err\n");
        CHECK(result.source() == otto::StatusSource::marker);
        result = co_await host.run("pwd; echo $NUMBER");
        CHECK(result.output() == "/usr\n7\n");
        result = co_await host.run("echo one # comment");
        CHECK(result.output() == "one\n");
        result = co_await host.run(": '" + std::string(100'000, 'x') + "'; echo long");
        CHECK(result.output() == "long\n");
    };
    with_unix(body, spec_for(server));
}

TEST_CASE("exit 3 is reported, and the session over SSH goes on") {
    const Sshd server;
    auto body = [](Host& host) -> task<> {
        const CommandResult result = co_await host.run("exit 3");
        CHECK(result.exit_status() == 3);
        co_await expect_clean(host);
    };
    with_unix(body, spec_for(server));
}

// ThreadSanitizer makes the decryption of a flood so slow that no cancellation gets through it in 200 ms.
#if defined(__SANITIZE_THREAD__)
constexpr const char* producer = "while :; do echo begun; sleep 0.01; done";
#else
constexpr const char* producer = "yes begun";
#endif

TEST_CASE("a command over SSH that times out is interrupted, and the session goes on") {
    const Sshd server;
    const std::string text =
        GENERATE(as<std::string>{}, "echo begun; sleep 60; echo NO", "echo begun; while :; do :; done",
                 "echo begun; sleep 60 | cat", producer);
    CAPTURE(text);
    auto body = [text](Host& host) -> task<> {
        CommandResult kept = co_await host.run("KEPT=yes");
        Command command(text);
        command.timeout(Duration(1'000));
        const Stopwatch watch;
        const CommandResult result = co_await host.run(command);
        CHECK(watch.elapsed() < Duration(1'500));
        CHECK(result.timed_out());
        CHECK(result.output().rfind("begun", 0) == 0);
        co_await expect_clean(host);
        kept = co_await host.run("echo $KEPT");
        CHECK(kept.output() == "yes\n");
    };
    with_unix(body, spec_for(server));
}

TEST_CASE("a command that ignores interrupts costs its session, not the host") {
    const Sshd server;
    auto events = std::make_shared<EventList>();
    auto body = [](Host& host) -> task<> {
        co_await expect_clean(host); // so that the deadline is the command's alone
        Command command("trap '' INT TERM; sleep 60; sleep 60");
        command.timeout(Duration(500));
        const CommandResult result = co_await host.run(command);
        CHECK(result.timed_out());
        co_await expect_clean(host);
    };
    with_unix(body, spec_for(server), events);
}

TEST_CASE("a connection that dies during run is an error with the output so far, and the next run connects") {
    Sshd server;
    auto events = std::make_shared<EventList>();
    auto body = [&server, events](Host& host) -> task<> {
        auto killer = [](Sshd& victim, std::shared_ptr<EventList> seen) -> task<> {
            auto something_came = [seen] { return seen->count(EventKind::output) > 0; };
            co_await eventually(something_came);
            victim.kill_connections();
        };
        otto::spawn(killer(server, events));
        CommandResult result = co_await host.run("echo begun; sleep 30");
        CHECK(result.status() == otto::Status::error);
        REQUIRE(result.error());
        CHECK(result.error()->code() == Errc::closed);
        CHECK(result.output() == "begun\n");
        co_await expect_clean(host);
        CHECK(count_in(server.log(), "Accepted publickey") == 2);
    };
    with_unix(body, spec_for(server), events);
}
