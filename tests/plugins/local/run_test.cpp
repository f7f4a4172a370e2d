#include "local_fixture.hpp"

using namespace test;

namespace {

// Five commands in a row, as they must be after whatever came before.
task<> expect_clean(Host& host) {
    for (int i = 0; i < 5; ++i) {
        Command command("echo clean " + std::to_string(i));
        command.timeout(Duration(10'000));
        const CommandResult result = co_await host.run(command);
        CHECK(result.output() == "clean " + std::to_string(i) + "\n");
        CHECK(result.exit_status() == 0);
    }
}

} // namespace

TEST_CASE("a session keeps directory, variables and functions") {
    auto body = [](Host& host) -> task<> {
        CommandResult result = co_await host.run("cd /usr; NUMBER=7; greet() { echo hello $1; }");
        CHECK(result.ok());
        CHECK(result.source() == otto::StatusSource::marker);
        result = co_await host.run("pwd; echo $NUMBER; greet you");
        CHECK(result.output() == "/usr\n7\nhello you\n");
        result = co_await host.run("(exit 3)");
        CHECK(result.status() == otto::Status::failed);
        CHECK(result.exit_status() == 3);
    };
    with_local(body);
}

TEST_CASE("a session takes commands as they are") {
    auto body = [](Host& host) -> task<> {
        CommandResult result = co_await host.run("echo one # comment");
        CHECK(result.output() == "one\n");
        result = co_await host.run("for i in 1 2\ndo echo $i\ndone\ncat <<END\nhere\nEND");
        CHECK(result.output() == "1\n2\nhere\n");
        result = co_await host.run("printf 'no newline'");
        CHECK(result.output() == "no newline");
        result = co_await host.run("echo 'unbalanced");
        CHECK(result.status() == otto::Status::failed);
        result = co_await host.run(R"(printf 'a\000b\377\r\nc\n')");
        CHECK(result.output() == std::string("a\0b\377\r\nc\n", 8));
        const std::string text(200'000, 'x');
        result = co_await host.run("printf %s '" + text + "' | wc -c");
        CHECK(result.output() == "200000\n");
        co_await expect_clean(host);
    };
    with_local(body);
}

TEST_CASE("exit in a session ends the command and not the session") {
    auto body = [](Host& host) -> task<> {
        const CommandResult result = co_await host.run("cd /usr; exit 3");
        CHECK(result.exit_status() == 3);
        co_await expect_clean(host);
    };
    with_local(body);
}

TEST_CASE("what a session runs has a terminal 400 columns wide, and an empty input") {
    auto body = [](Host& host) -> task<> {
        CommandResult result =
            co_await host.run("stty size </dev/tty; echo $TERM; test -t 1 && echo tty; cat");
        CHECK(result.output() == "24 400\ndumb\ntty\n");
        result = co_await host.run("echo err >&2");
        CHECK(result.output() == "err\n");
        Command command("cat; echo $COLOUR; pwd");
        command.input("given\n").env("COLOUR", "blue").directory("/usr");
        result = co_await host.run(command);
        CHECK(result.output() == "given\nblue\n/usr\n");
    };
    with_local(body);
}

TEST_CASE("after a command that timed out the next five are clean, and the session is the same") {
    auto events = std::make_shared<EventList>();
    auto body = [](Host& host) -> task<> {
        CommandResult result = co_await host.run("export MARK=kept");
        for (const char* text : {"echo begun; sleep 60; echo not reached", "yes", "while :; do :; done",
                                 "f() { sleep 60; }; f; echo not reached"}) {
            Command command(text);
            command.timeout(Duration(300)).output_limit(100'000);
            const Stopwatch watch;
            result = co_await host.run(command);
            INFO(text << ": " << result);
            CHECK(watch.elapsed() < Duration(300 + 250 + 200));
            CHECK(result.timed_out());
            CHECK(result.output().find("not reached") == std::string::npos);
            co_await expect_clean(host);
        }
        result = co_await host.run("echo $MARK");
        CHECK(result.output() == "kept\n");
    };
    with_local(body, local_spec(), events);
    CHECK(events->count(otto::EventKind::session_discarded) == 0);
}

TEST_CASE("the output before a time-out is in the result") {
    auto body = [](Host& host) -> task<> {
        Command command("echo begun; sleep 60");
        command.timeout(Duration(300));
        const CommandResult result = co_await host.run(command);
        CHECK(result.output() == "begun\n");
    };
    with_local(body);
}

TEST_CASE("a command that cannot be interrupted costs the session, and nothing of it stays") {
    auto events = std::make_shared<EventList>();
    auto body = [](Host& host) -> task<> {
        Command command(
            "trap '' INT TERM HUP; echo $$; sh -c 'while :; do sleep 60; done' & echo $!; wait; sleep 60");
        command.timeout(Duration(300));
        const CommandResult result = co_await host.run(command);
        CHECK(result.timed_out());
        std::istringstream pids(result.output());
        pid_t shell = 0;
        pid_t child = 0;
        pids >> shell >> child;
        co_await expect_clean(host);
        const bool gone = co_await becomes([=] { return !runs(shell) && !runs(child); });
        CHECK(gone);
    };
    with_local(body, local_spec(), events);
    CHECK(events->count(otto::EventKind::session_discarded) == 1);
}

TEST_CASE("a shell that is killed under its command is an error with what it said, and the next is clean") {
    auto body = [](Host& host) -> task<> {
        const CommandResult result = co_await host.run("echo last words; kill -KILL $$");
        CHECK(result.status() == otto::Status::error);
        CHECK(result.error()->code() == Errc::closed);
        CHECK_THAT(result.error()->what(), Catch::Contains("KILL"));
        CHECK(result.output() == "last words\n");
        co_await expect_clean(host);
    };
    with_local(body);
}

TEST_CASE("a shell that died while idle is replaced before the next command") {
    auto body = [](Host& host) -> task<> {
        const CommandResult result = co_await host.run("echo $$");
        const pid_t shell = std::stoi(result.output());
        ::kill(shell, SIGKILL);
        const bool gone = co_await becomes([=] { return !runs(shell); });
        CHECK(gone);
        co_await expect_clean(host);
    };
    with_local(body);
}

TEST_CASE("late output of a child in the background does not reach the next command") {
    auto body = [](Host& host) -> task<> {
        CommandResult result = co_await host.run("(sleep 0.05; echo late) & echo $!");
        const pid_t child = std::stoi(result.output());
        const bool gone = co_await becomes([=] { return !runs(child); });
        CHECK(gone);
        co_await expect_clean(host);
    };
    with_local(body);
}

TEST_CASE("closing ends a session in bounded time, whatever its shell ignores") {
    auto body = [](Host& host) -> task<> {
        CommandResult result = co_await host.run("trap '' HUP TERM INT; sleep 60 & echo $$ $!");
        std::istringstream pids(result.output());
        pid_t shell = 0;
        pid_t child = 0;
        pids >> shell >> child;
        const Stopwatch watch;
        co_await host.close();
        CHECK(watch.elapsed() < Duration(3'000));
        const bool gone = co_await becomes([=] { return !runs(shell) && !runs(child); });
        CHECK(gone);
        CHECK(children() == 0);
        co_await expect_clean(host);
    };
    with_local(body);
}

TEST_CASE("sessions that were opened and closed leave no descriptor and no child") {
    auto body = [](Host& host) -> task<> {
        co_await expect_clean(host);
        co_await host.close();
        const std::size_t before = open_descriptors();
        for (int i = 0; i < 10; ++i) {
            co_await expect_clean(host);
            co_await host.close();
        }
        const bool clean = co_await becomes([&] { return open_descriptors() <= before; });
        CHECK(clean);
        CHECK(children() == 0);
    };
    with_local(body);
}
