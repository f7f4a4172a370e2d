#include "local_fixture.hpp"

using namespace test;

TEST_CASE("exec tells standard output, standard error and the exit status apart") {
    auto body = [](Host& host) -> task<> {
        const CommandResult result = co_await host.exec("echo out; echo err >&2; exit 3");
        CHECK(result.status() == otto::Status::failed);
        CHECK(result.exit_status() == 3);
        CHECK(result.source() == otto::StatusSource::reported);
        CHECK(result.output() == "out\n");
        CHECK(result.error_output() == "err\n");
        const CommandResult killed = co_await host.exec("kill -KILL $$");
        CHECK(killed.status() == otto::Status::failed);
        CHECK(killed.signal() == "KILL");
        CHECK_FALSE(killed.exit_status());
    };
    with_local(body);
}

TEST_CASE("exec gives the command its input, variables and directory") {
    const TemporaryDirectory place;
    std::filesystem::create_directory(place.path() / "inner");
    otto::HostSpec spec = local_spec();
    spec.set("directory", place.path().string());
    auto body = [&](Host& host) -> task<> {
        CommandResult result = co_await host.exec("cat; pwd");
        CHECK(result.output() == place.path().string() + "\n");
        Command command("wc -c; echo $COLOUR; pwd");
        command.input(std::string(1'000'000, 'x')).env("COLOUR", "deep blue").directory("inner");
        result = co_await host.exec(command);
        CHECK(result.output() == "1000000\ndeep blue\n" + (place.path() / "inner").string() + "\n");
    };
    with_local(body, spec);
}

TEST_CASE("exec takes any script as it is: comments, several lines, and more than one argument can hold") {
    auto body = [](Host& host) -> task<> {
        CommandResult result =
            co_await host.exec("cat <<END # comment\n$((1+1))\nEND\necho -n 'no newline' # end");
        CHECK(result.output() == "2\nno newline");
        result = co_await host.exec("-no-such-command");
        CHECK(result.exit_status() == 127);
        for (const std::size_t size : {65'537U, 300'000U}) {
            const std::string text(size, 'x');
            result = co_await host.exec("printf %s '" + text + "'; cat; exit 5");
            CHECK(result.output() == text);
            CHECK(result.error_output().empty());
            CHECK(result.exit_status() == 5);
        }
    };
    for (const char* shell : {"/bin/sh", "/bin/bash"}) {
        otto::HostSpec spec = local_spec();
        spec.set("shell", shell);
        with_local(body, spec);
    }
}

TEST_CASE("exec keeps every byte: NUL, invalid UTF-8, CR and a missing newline") {
    auto body = [](Host& host) -> task<> {
        const CommandResult result = co_await host.exec(R"(printf 'a\000b\377\r\nc')");
        CHECK(result.output() == std::string("a\0b\377\r\nc", 7));
        CHECK(result.ok());
    };
    with_local(body);
}

TEST_CASE("a command that cannot be started throws with the reason, and nothing is left behind") {
    auto body = [](Host& host) -> task<> {
        CommandResult first = co_await host.exec("true");
        const std::size_t before = open_descriptors();
        Command command("true");
        command.directory("/no/such/place");
        std::optional<Error> error;
        try {
            co_await host.exec(command);
        } catch (const Error& caught) {
            error = caught;
        }
        REQUIRE(error);
        CHECK(error->code() == Errc::unreachable);
        CHECK_THAT(error->what(), Catch::Contains("/no/such/place': No such file"));
        CHECK(open_descriptors() == before);
    };
    with_local(body);
}

TEST_CASE("a shell or a directory that is missing is told when the host opens") {
    otto::HostSpec spec = local_spec();
    spec.set("shell", "/no/such/shell");
    auto body = [](Host& host) -> task<> {
        std::optional<Error> error;
        try {
            co_await host.open();
        } catch (const Error& caught) {
            error = caught;
        }
        REQUIRE(error);
        CHECK(error->code() == Errc::unreachable);
        CHECK_THAT(error->what(),
                   Catch::Contains("/no/such/shell': No such file") && Catch::Contains("`shell`"));
    };
    with_local(body, spec);
}

TEST_CASE("exec does not wait for a child that holds the output, and leaves it running") {
    auto events = std::make_shared<EventList>();
    auto body = [&](Host& host) -> task<> {
        const Stopwatch watch;
        const CommandResult result = co_await host.exec("sleep 30 & echo $!");
        CHECK(watch.elapsed() < Duration(5'000));
        CHECK(result.ok());
        const pid_t child = std::stoi(result.output());
        CHECK(runs(child));
        CHECK_FALSE(result.left_running().empty());
        ::kill(child, SIGKILL);
    };
    with_local(body, local_spec(), events);
    CHECK(events->count(otto::EventKind::left_running) == 1);
}

TEST_CASE("a producer that never pauses does not outlive its deadline") {
    auto body = [](Host& host) -> task<> {
        Command command("echo $$; exec yes");
        command.timeout(Duration(300)).output_limit(1'000'000);
        const Stopwatch watch;
        const CommandResult result = co_await host.exec(command);
        CHECK(watch.elapsed() < Duration(300 + 250 + 200));
        CHECK(result.status() == otto::Status::error);
        CHECK(result.timed_out());
        CHECK(result.error()->code() == Errc::timed_out);
        CHECK(result.truncated_bytes() > 0);
        CHECK(result.left_running().empty());
        CHECK_FALSE(runs(std::stoi(result.output())));
    };
    with_local(body);
}

TEST_CASE("a command that ignores SIGTERM is killed with all its group, within the bound") {
    auto body = [](Host& host) -> task<> {
        Command command("trap '' TERM; echo $$; sleep 60 & echo $!; while :; do sleep 60; done");
        command.timeout(Duration(300));
        const Stopwatch watch;
        const CommandResult result = co_await host.exec(command);
        CHECK(watch.elapsed() < Duration(300 + 250 + 200));
        CHECK(result.timed_out());
        CHECK(result.error()->code() == Errc::timed_out);
        std::istringstream pids(result.output());
        pid_t shell = 0;
        pid_t child = 0;
        pids >> shell >> child;
        REQUIRE(child > 0);
        const bool gone = co_await becomes([=] { return !runs(shell) && !runs(child); });
        CHECK(gone);
        CHECK(children() == 0);
        CHECK(result.left_running().empty());
    };
    with_local(body);
}

TEST_CASE("a command that ends by SIGTERM may clean up first") {
    const TemporaryDirectory place;
    auto body = [&](Host& host) -> task<> {
        Command command("trap 'echo clean >mark; exit 0' TERM; echo up; while :; do sleep 0.01; done");
        command.timeout(Duration(500)).directory(place.path());
        const CommandResult result = co_await host.exec(command);
        CHECK(result.timed_out());
        CHECK(contents(place.path() / "mark") == "clean\n");
    };
    with_local(body);
}

TEST_CASE("what left the command's group is named in the result") {
    auto body = [](Host& host) -> task<> {
        Command command("setsid sleep 60 & echo $!; wait");
        command.timeout(Duration(300));
        const CommandResult result = co_await host.exec(command);
        CHECK(result.timed_out());
        CHECK_THAT(result.left_running(), Catch::Contains("process group"));
        ::kill(std::stoi(result.output()), SIGKILL);
    };
    with_local(body);
}

TEST_CASE("closing the host ends what runs on it") {
    auto body = [](Host& host) -> task<> {
        const otto::HostPtr keep = host.shared_from_this();
        auto closer = [keep]() -> task<> {
            const bool begun = co_await becomes([] { return children() > 0; });
            CHECK(begun);
            co_await keep->close();
        };
        otto::spawn(closer());
        const CommandResult result = co_await host.exec("exec sleep 60");
        CHECK(result.status() == otto::Status::error);
        CHECK(result.error()->code() == Errc::closed);
        const bool gone = co_await becomes([] { return children() == 0; });
        CHECK(gone);
        const CommandResult again = co_await host.exec("echo again");
        CHECK(again.output() == "again\n");
    };
    with_local(body);
}

TEST_CASE("exec on a terminal gives one stream, CR LF ends, and ends what waits for input") {
    auto body = [](Host& host) -> task<> {
        Command command("test -t 0 && test -t 1 && test -t 2 && stty size && echo err >&2; cat");
        command.pty();
        CommandResult result = co_await host.exec(command);
        CHECK(result.output() == "24 400\r\nerr\r\n");
        CHECK(result.error_output().empty());
        CHECK(result.text() == "24 400\nerr");
        Command typing("read line; echo got $line; cat");
        typing.pty().input("one\ntwo");
        result = co_await host.exec(typing);
        CHECK(result.output() == "got one\r\ntwo");
    };
    with_local(body);
}

TEST_CASE("a gigabyte of output costs bounded memory, and what was dropped is counted") {
    auto peak = [] {
        std::ifstream status("/proc/self/status");
        for (std::string line; std::getline(status, line);) {
            if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) * 1024;
        }
        return 0ULL;
    };
    auto body = [&](Host& host) -> task<> {
        Command command("head -c 1073741824 /dev/zero");
        command.timeout(Duration(60'000)).output_limit(1'000'000);
        const unsigned long long before = peak();
        const CommandResult result = co_await host.exec(command);
        CHECK(result.ok());
        CHECK(result.output().size() + result.truncated_bytes() == 1'073'741'824U);
        CHECK(peak() - before < 50'000'000U);
    };
    with_local(body);
}

TEST_CASE("many commands at once on one host leave neither descriptors nor children nor threads") {
    auto body = [](Host& host) -> task<> {
        int ended = 0;
        auto one = [&]() -> task<> {
            for (int i = 0; i < 5; ++i) {
                const CommandResult result = co_await host.exec("echo " + std::to_string(i));
                if (result.output() == std::to_string(i) + "\n") ++ended;
            }
        };
        co_await one();
        const std::size_t descriptors = open_descriptors();
        const std::size_t running = threads();
        for (int i = 0; i < 40; ++i)
            otto::spawn(one());
        const bool all = co_await becomes([&] { return ended == 41 * 5; });
        CHECK(all);
        const bool clean = co_await becomes([&] { return open_descriptors() <= descriptors; });
        CHECK(clean);
        CHECK(threads() <= running);
        CHECK(children() == 0);
    };
    with_local(body);
}
