// What the public verbs do around a driver: deadlines, turns, opening, recovery, errors.
#include <otto/otto.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <support/await.hpp>
#include <support/catch.hpp>
#include <support/fixture_driver.hpp>

using namespace std::chrono_literals;
namespace asio = otto::asio;

namespace {

// Runs the body in a context of fixture hosts.
otto::CloseReport with_lab(const std::string& hosts, std::function<otto::task<>(otto::Context&)> body) {
    auto report = std::make_shared<otto::CloseReport>();
    otto::OpenOptions options(fixture::lab(hosts));
    options.report_to(report);
    otto::run(otto::open_context(options, body));
    return *report;
}

otto::task<otto::Errc> error_of(otto::task<otto::CommandResult> work) {
    try {
        const otto::CommandResult result = co_await std::move(work);
        co_return result.error() ? result.error()->code() : otto::Errc::internal;
    } catch (const otto::Error& error) {
        co_return error.code();
    }
}

} // namespace

TEST_CASE("a host opens on first use, keeps its connection, and opens again after a close") {
    with_lab("{a: {}}", [](otto::Context& ctx) -> otto::task<> {
        auto host = ctx.get_host("a");
        CHECK(host->state() == otto::HostState::closed);
        auto first = co_await host->run("echo one");
        CHECK(first.text() == "one");
        CHECK(first.ok());
        CHECK(first.source() == otto::StatusSource::reported);
        co_await host->run("echo two");
        CHECK(fixture::journal().count("open a") == 1);
        co_await host->close();
        co_await host->close();
        CHECK(host->state() == otto::HostState::closed);
        CHECK(fixture::journal().count("close a") == 1);
        auto again = co_await host->run("echo three");
        CHECK(again.text() == "three");
        CHECK(fixture::journal().count("open a") == 2);
    });
}

TEST_CASE("a non-zero exit is data, and check() makes it an error") {
    with_lab("{a: {}}", [](otto::Context& ctx) -> otto::task<> {
        auto result = co_await ctx.get_host("a")->run("exit 3");
        CHECK(result.status() == otto::Status::failed);
        CHECK(result.exit_status() == 3);
        CHECK_THROWS_WITH(result.check(), Catch::Contains("status 3"));
    });
}

TEST_CASE("50 first callers share one connection, and a session has one command inside at a time") {
    with_lab("{a: {open: slow}}", [](otto::Context& ctx) -> otto::task<> {
        auto host = ctx.get_host("a");
        int done = 0;
        for (int i = 0; i < 50; ++i) {
            auto one = [](otto::HostPtr h, int& count) -> otto::task<> {
                auto result = co_await h->run("in");
                CHECK(result.text() == "1");
                ++count;
            };
            asio::co_spawn(co_await asio::this_coro::executor, one(host, done), asio::detached);
        }
        co_await test::eventually([&] { return done == 50; });
        CHECK(fixture::journal().count("open a") == 1);
    });
}

TEST_CASE("exec takes no turn: many run at once") {
    with_lab("{a: {}}", [](otto::Context& ctx) -> otto::task<> {
        auto host = ctx.get_host("a");
        int most = 0;
        int done = 0;
        for (int i = 0; i < 5; ++i) {
            auto one = [](otto::HostPtr h, int& top, int& count) -> otto::task<> {
                auto result = co_await h->exec("in");
                top = std::max(top, std::stoi(result.output()));
                ++count;
            };
            asio::co_spawn(co_await asio::this_coro::executor, one(host, most, done), asio::detached);
        }
        co_await test::eventually([&] { return done == 5; });
        CHECK(most == 5);
    });
}

TEST_CASE("a command that is cut off by its deadline returns what it had, and the session is recovered") {
    with_lab("{a: {}}", [](otto::Context& ctx) -> otto::task<> {
        auto host = ctx.get_host("a");
        const test::Stopwatch watch;
        otto::Command late("late half");
        late.timeout(100ms);
        auto result = co_await host->run(late);
        CHECK(watch.elapsed() < 350ms);
        CHECK(result.status() == otto::Status::error);
        CHECK(result.timed_out());
        CHECK(result.output() == "half");
        CHECK(result.error()->host() == "a");
        CHECK_THAT(result.error()->what(), Catch::Contains("timed out after 100ms while running"));
        for (int i = 0; i < 5; ++i) {
            auto next = co_await host->run("echo clean");
            CHECK(next.text() == "clean");
        }
        CHECK(fixture::journal().count("recover a") == 1);
        CHECK(fixture::journal().count("open a") == 1);
    });
}

TEST_CASE("a session that cannot be recovered is discarded, and the next command opens a new one") {
    for (const std::string how : {"no", "hang"}) {
        with_lab("{a: {recover: " + how + "}}", [](otto::Context& ctx) -> otto::task<> {
            auto host = ctx.get_host("a");
            otto::Command cut("hang");
            cut.timeout(50ms);
            co_await host->run(cut);
            auto next = co_await host->run("echo fresh");
            CHECK(next.text() == "fresh");
            CHECK(fixture::journal().count("open a") == 2);
            CHECK(fixture::journal().count("abort a") >= 1);
        });
    }
}

TEST_CASE("a call that never got its turn says who holds it") {
    with_lab("{a: {}}", [](otto::Context& ctx) -> otto::task<> {
        auto host = ctx.get_host("a");
        auto holder = [](otto::HostPtr h) -> otto::task<> { co_await h->run("pause 300"); };
        asio::co_spawn(co_await asio::this_coro::executor, holder(host), asio::detached);
        co_await test::eventually([&] { return host->state() == otto::HostState::open; });
        otto::Command waits("echo late");
        waits.timeout(50ms);
        std::string said;
        try {
            co_await host->run(waits);
        } catch (const otto::Error& error) {
            CHECK(error.code() == otto::Errc::timed_out);
            said = error.what();
        }
        CHECK_THAT(said, Catch::Contains("waiting for its turn, which run 'pause 300' holds"));
    });
}

TEST_CASE("a connection that fails throws, names the host, and the next call tries again") {
    with_lab("{a: {open: fail}}", [](otto::Context& ctx) -> otto::task<> {
        auto host = ctx.get_host("a");
        for (int i = 0; i < 2; ++i) {
            std::string said;
            try {
                co_await host->run("echo x");
            } catch (const otto::Error& error) {
                CHECK(error.code() == otto::Errc::unreachable);
                said = error.what();
            }
            CHECK(said == "a: connection refused");
        }
        CHECK(fixture::journal().count("open a") == 2);
    });
}

TEST_CASE("the deadline covers connecting") {
    with_lab("{a: {open: hang}}", [](otto::Context& ctx) -> otto::task<> {
        otto::Command command("echo x");
        command.timeout(80ms);
        const test::Stopwatch watch;
        const auto code = co_await error_of(ctx.get_host("a")->run(command));
        CHECK(code == otto::Errc::timed_out);
        CHECK(watch.elapsed() < 330ms);
    });
}

TEST_CASE("a driver that ignores cancellation or blocks its thread costs a verb no more than its deadline "
          "and 250 ms") {
    for (const std::string verb : {"ignore 1500", "block 1500"}) {
        auto report = with_lab("{a: {}, b: {}, c: {}, d: {}}", [verb](otto::Context& ctx) -> otto::task<> {
            std::vector<otto::HostPtr> hosts = ctx.all_hosts();
            for (const auto& host : hosts)
                co_await host->open();
            otto::FleetOptions options;
            options.timeout(100ms).hosts("a,b,c");
            const test::Stopwatch watch;
            auto results = co_await ctx.run_on_all_hosts(verb, options);
            CHECK(watch.elapsed() <= 400ms);
            for (const auto& [id, result] : results) {
                REQUIRE(result.error());
                CHECK(result.error()->code() == otto::Errc::driver_fault);
            }
            const test::Stopwatch refused;
            const auto code = co_await error_of(hosts[0]->run("echo x"));
            CHECK(code == otto::Errc::driver_fault);
            CHECK(refused.elapsed() < 200ms);
            // Other hosts go on, although every worker that there was is blocked.
            auto other = co_await hosts[3]->run("echo alive");
            CHECK(other.text() == "alive");
        });
        // One of three that block may never have got a worker to block.
        CHECK(report.strays.size() >= 2);
        CHECK(report.aborted.size() == report.strays.size());
        CHECK(report.duration < 6s);
    }
}

TEST_CASE("a driver that ignores cancellation while it connects is given up, too") {
    with_lab("{a: {open: ignore}}", [](otto::Context& ctx) -> otto::task<> {
        otto::Command command("echo x");
        command.timeout(50ms);
        const test::Stopwatch watch;
        const auto code = co_await error_of(ctx.get_host("a")->run(command));
        CHECK(code == otto::Errc::driver_fault);
        CHECK(watch.elapsed() <= 330ms);
    });
}

TEST_CASE("what a driver throws is one error and not a crash") {
    with_lab("{a: {}}", [](otto::Context& ctx) -> otto::task<> {
        auto result = co_await ctx.get_host("a")->run("throw");
        REQUIRE(result.error());
        CHECK(result.error()->code() == otto::Errc::driver_fault);
        CHECK_THAT(result.error()->what(), Catch::Contains("parser exploded"));
    });
}

TEST_CASE("a command that was never sent throws; one that was sent returns its error") {
    with_lab("{a: {}}", [](otto::Context& ctx) -> otto::task<> {
        auto host = ctx.get_host("a");
        bool threw = false;
        try {
            co_await host->run("unsent");
        } catch (const otto::Error& error) {
            threw = error.code() == otto::Errc::protocol;
        }
        CHECK(threw);
        auto lost = co_await host->run("lose");
        CHECK(lost.status() == otto::Status::error);
        CHECK(lost.error()->code() == otto::Errc::unreachable);
        auto next = co_await host->run("echo back");
        CHECK(next.text() == "back");
        CHECK(fixture::journal().count("open a") == 2);
    });
}

TEST_CASE("close ends running commands with `closed`, also while connecting") {
    for (const std::string open : {"ok", "hang"}) {
        with_lab("{a: {open: " + open + "}}", [](otto::Context& ctx) -> otto::task<> {
            auto host = ctx.get_host("a");
            std::optional<otto::Errc> code;
            auto runner = [](otto::HostPtr h, std::optional<otto::Errc>& out) -> otto::task<> {
                out = co_await error_of(h->run("hang"));
            };
            asio::co_spawn(co_await asio::this_coro::executor, runner(host, code), asio::detached);
            co_await test::eventually([&] { return fixture::journal().count("open a") == 1; });
            co_await host->close();
            co_await test::eventually([&] { return code.has_value(); });
            CHECK(code == otto::Errc::closed);
        });
    }
}

TEST_CASE("cancelling the caller cancels the command, and the next five are clean") {
    with_lab("{a: {}}", [](otto::Context& ctx) -> otto::task<> {
        auto host = ctx.get_host("a");
        asio::cancellation_signal stop;
        std::optional<otto::Errc> code;
        auto runner = [](otto::HostPtr h, std::optional<otto::Errc>& out) -> otto::task<> {
            co_await asio::this_coro::throw_if_cancelled(false);
            out = co_await error_of(h->run("hang"));
        };
        bool ended = false;
        asio::co_spawn(co_await asio::this_coro::executor, runner(host, code),
                       asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr) { ended = true; }));
        co_await test::eventually([&] { return host->state() == otto::HostState::open; });
        stop.emit(asio::cancellation_type::terminal);
        co_await test::eventually([&] { return ended; });
        CHECK(code == otto::Errc::cancelled);
        for (int i = 0; i < 5; ++i) {
            auto next = co_await host->run("echo clean");
            CHECK(next.text() == "clean");
        }
    });
}

TEST_CASE("timeouts of nothing and of less are refused") {
    with_lab("{a: {}}", [](otto::Context& ctx) -> otto::task<> {
        for (const auto span : {0ms, -5ms}) {
            otto::Command command("echo x");
            command.timeout(span);
            const auto code = co_await error_of(ctx.get_host("a")->run(command));
            CHECK(code == otto::Errc::usage);
        }
    });
}

TEST_CASE("a capability that the driver lacks is named") {
    with_lab("{a: {can_exec: false}}", [](otto::Context& ctx) -> otto::task<> {
        std::string said;
        try {
            co_await ctx.get_host("a")->exec("echo x");
        } catch (const otto::Error& error) {
            CHECK(error.code() == otto::Errc::unsupported);
            said = error.what();
        }
        CHECK_THAT(said, Catch::Contains("fixture") && Catch::Contains("otto.exec/1"));
    });
}

TEST_CASE("output beyond the limit is dropped in the middle and counted") {
    with_lab("{a: {}}", [](otto::Context& ctx) -> otto::task<> {
        otto::Command flood("flood 100");
        flood.output_limit(1000);
        auto result = co_await ctx.get_host("a")->run(flood);
        CHECK(result.output() == std::string(1000, 'x'));
        CHECK(result.truncated_bytes() == 100 * 64 * 1024 - 1000);
    });
}

TEST_CASE("a dry run contacts nothing and its results have no value") {
    otto::OpenOptions options(fixture::lab("{a: {open: fail}}"));
    options.dry_run();
    auto body = [](otto::Context& ctx) -> otto::task<> {
        auto host = ctx.get_host("a");
        auto ran = co_await host->run("echo x");
        CHECK(ran.status() == otto::Status::not_run);
        CHECK_THROWS_AS(ran.output(), otto::NotRun);
        auto executed = co_await host->exec("echo x");
        CHECK(executed.status() == otto::Status::not_run);
        auto sent = co_await host->put("/etc/hostname", "/tmp/x");
        CHECK(sent.status() == otto::Status::not_run);
        co_await host->open();
        CHECK(fixture::journal().entries().empty());
    };
    otto::run(otto::open_context(options, body));
}
