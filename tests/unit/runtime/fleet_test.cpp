#include <otto/otto.hpp>

#include <sstream>
#include <support/await.hpp>
#include <support/catch.hpp>
#include <support/fixture_driver.hpp>

using namespace std::chrono_literals;

namespace {

void with_lab(const std::string& hosts, std::function<otto::task<>(otto::Context&)> body) {
    otto::OpenOptions options(fixture::lab(hosts));
    otto::run(otto::open_context(options, body));
}

} // namespace

TEST_CASE("one failing host never touches another, and results come in lab order") {
    with_lab("{c: {}, a: {open: fail}, b: {}}", [](otto::Context& ctx) -> otto::task<> {
        auto results = co_await ctx.run_on_all_hosts("echo hi");
        std::ostringstream shown;
        for (const auto& [id, outcome] : results)
            shown << id << ' ' << outcome << '\n';
        CHECK(shown.str() == "c success: hi\na error (unreachable): a: connection refused\nb success: hi\n");
        CHECK(!results.ok());
        CHECK(results.at("b").ok());
        CHECK(results.at("a").commands().size() == 1);
        CHECK(results.at("a").commands()[0].status() == otto::Status::not_run);
        CHECK_THROWS_AS(results.at("nobody"), otto::Error);
    });
}

TEST_CASE("commands go on after a failure unless asked not to, and every command has an entry") {
    with_lab("{a: {}}", [](otto::Context& ctx) -> otto::task<> {
        auto commands = otto::lines("echo 1", "exit 2", "echo 3");
        auto all = co_await ctx.run_on_all_hosts(commands);
        CHECK(all.at("a").commands()[2].text() == "3");
        CHECK(all.status() == otto::Status::failed);
        otto::FleetOptions stop;
        stop.stop_on_failure();
        auto some = co_await ctx.exec_on_all_hosts(commands, stop);
        REQUIRE(some.at("a").commands().size() == 3);
        CHECK(some.at("a").commands()[1].status() == otto::Status::failed);
        CHECK(some.at("a").commands()[2].status() == otto::Status::not_run);
    });
}

TEST_CASE("a host's commands share one budget: each is granted what is left") {
    with_lab("{a: {}}", [](otto::Context& ctx) -> otto::task<> {
        otto::FleetOptions options;
        options.timeout(200ms);
        auto commands = otto::lines("pause 120", "hang", "echo never");
        const test::Stopwatch watch;
        auto results = co_await ctx.run_on_all_hosts(commands, options);
        const auto& host = results.at("a");
        CHECK(watch.elapsed() < 450ms);
        CHECK(host.commands()[0].ok());
        CHECK(host.commands()[1].timed_out());
        // Granted: what the first had left, not the 200 ms of the whole.
        CHECK(host.commands()[1].duration() < 130ms);
        CHECK(host.commands()[2].status() == otto::Status::not_run);
        CHECK(host.status() == otto::Status::error);
    });
}

TEST_CASE("no more hosts at once than the fan-out, each closed inside its slot") {
    with_lab("{'h[1-12]': {}}", [](otto::Context& ctx) -> otto::task<> {
        otto::FleetOptions options;
        options.fanout(3).close_each();
        std::vector<std::string> ended;
        std::size_t most_open = 0;
        auto note = [&](const otto::HostResult& result) {
            ended.push_back(result.host());
            std::size_t open = 0;
            for (const auto& host : ctx.all_hosts())
                open += host->state() == otto::HostState::open;
            most_open = std::max(most_open, open);
        };
        options.on_host_done(note);
        auto results = co_await ctx.run_on_all_hosts("pause 5", options);
        CHECK(results.ok());
        CHECK(ended.size() == 12);
        CHECK(most_open <= 3);
        for (const auto& host : ctx.all_hosts())
            CHECK(host->state() == otto::HostState::closed);
    });
}

TEST_CASE("any callable runs on every host, and what it throws stays with its host") {
    with_lab("{a: {}, b: {open: fail}, c: {}}", [](otto::Context& ctx) -> otto::task<> {
        auto length = [](otto::Host& host) -> otto::task<std::size_t> {
            auto result = co_await host.run("echo 12345");
            co_return result.text().size();
        };
        auto outcomes = co_await ctx.do_for_all_hosts(length);
        REQUIRE(outcomes.size() == 3);
        CHECK(outcomes[0].second.value() == 5);
        CHECK(outcomes[1].second.error()->code() == otto::Errc::unreachable);
        CHECK_THROWS_AS(outcomes[1].second.value(), otto::Error);
        CHECK(outcomes[2].second.value() == 5);
    });
}

TEST_CASE("a callable that hangs is cancelled at the end of its host's budget") {
    with_lab("{a: {}, b: {}}", [](otto::Context& ctx) -> otto::task<> {
        auto hang = [](otto::Host& host) -> otto::task<int> {
            if (host.id() == "a") co_await otto::pause(otto::unbounded, "a test hangs");
            co_return 1;
        };
        otto::FleetOptions options;
        options.timeout(60ms);
        auto outcomes = co_await ctx.do_for_all_hosts(hang, options);
        CHECK(outcomes[0].second.error()->code() == otto::Errc::timed_out);
        CHECK(outcomes[1].second.value() == 1);
    });
}

TEST_CASE("overrides make fresh hosts, and a fan-out of nothing is refused") {
    with_lab("{a: {open: fail}}", [](otto::Context& ctx) -> otto::task<> {
        otto::FleetOptions options;
        options.overrides(otto::Overrides().set("open", "ok"));
        auto results = co_await ctx.run_on_all_hosts("echo x", options);
        CHECK(results.ok());
        options.fanout(0);
        bool refused = false;
        try {
            co_await ctx.run_on_all_hosts("echo x", options);
        } catch (const otto::Error& error) {
            refused = error.code() == otto::Errc::usage;
        }
        CHECK(refused);
    });
}
