#include "fake_names.hpp"

#include <otto/otto.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <support/await.hpp>
#include <support/catch.hpp>
#include <support/fixture_driver.hpp>

using namespace std::chrono_literals;
namespace asio = otto::asio;

namespace {

template <class Body>
void with_hosts(Body body) {
    otto::run(otto::open_context(otto::OpenOptions(fixture::lab("{'h[1-12]': {}}")), body));
}

otto::Command resolve(const std::string& name) {
    return otto::Command("resolve " + name).timeout(test::patience);
}

otto::task<> run_and_forget(otto::HostPtr host, otto::Command command) {
    co_await host->run(command);
}

// Once all twelve have asked, nobody later.
otto::task<> open_gate_for_all() {
    co_await test::eventually([] {
        for (int i = 1; i <= 12; ++i)
            if (fixture::journal().count("resolve h" + std::to_string(i)) == 0) return false;
        return true;
    });
    fake_names::open_gate();
}

} // namespace

TEST_CASE("a name is looked up, and what fails says why") {
    auto body = [](otto::Context& ctx) -> otto::task<> {
        otto::HostPtr host = ctx.get_host("h1");
        otto::CommandResult found = co_await host->run(resolve("web07.quick.test"));
        CHECK(found.text() == "192.0.2.7");
        for (const std::size_t times : {1U, 2U}) { // a failure is not remembered
            otto::CommandResult lost = co_await host->run(resolve("web07.bad.test"));
            REQUIRE(lost.error());
            CHECK(lost.error()->code() == otto::Errc::unreachable);
            CHECK_THAT(lost.error()->what(), Catch::Contains("'web07.bad.test' cannot be resolved"));
            CHECK(fake_names::lookups("web07.bad.test") == times);
        }
    };
    with_hosts(body);
}

TEST_CASE("numeric addresses are answered at once while every resolver thread is busy") {
    auto body = [](otto::Context& ctx) -> otto::task<> {
        for (int i = 1; i <= 10; ++i) {
            const std::string number = std::to_string(i);
            otto::spawn(run_and_forget(ctx.get_host("h" + number), resolve("web" + number + ".slow.test")));
        }
        co_await test::eventually([] { return fake_names::at_once() == 8; });
        otto::HostPtr host = ctx.get_host("h11");
        for (const auto* address : {"192.0.2.1", "::1", "fe80::1"}) {
            otto::CommandResult answer = co_await host->run(resolve(address));
            CHECK(answer.text() == address);
            CHECK(fake_names::lookups(address) == 0);
        }
    };
    with_hosts(body); // the scope closes hosts that still look names up
    CHECK(fake_names::most_at_once() == 8);
}

TEST_CASE("a look-up that takes too long ends with its call, and the host goes on") {
    auto body = [](otto::Context& ctx) -> otto::task<> {
        otto::HostPtr host = ctx.get_host("h1");
        const test::Stopwatch watch;
        otto::Command slow = resolve("late.slow.test").timeout(100ms);
        otto::CommandResult result = co_await host->run(slow);
        CHECK(result.timed_out());
        CHECK(watch.elapsed() < 5s);
        otto::CommandResult next = co_await host->run("echo on");
        CHECK(next.text() == "on");
    };
    with_hosts(body);
}

TEST_CASE("a cancelled look-up ends at once") {
    auto body = [](otto::Context& ctx) -> otto::task<> {
        asio::cancellation_signal cancel;
        bool ended = false;
        const auto executor = co_await asio::this_coro::executor;
        const test::Stopwatch watch;
        asio::co_spawn(
            executor, run_and_forget(ctx.get_host("h1"), resolve("cut.slow.test")),
            asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr) { ended = true; }));
        co_await test::eventually([] { return fake_names::lookups("cut.slow.test") == 1; });
        cancel.emit(asio::cancellation_type::terminal);
        co_await test::eventually([&] { return ended; });
        CHECK(watch.elapsed() < test::patience / 2);
    };
    with_hosts(body);
}

TEST_CASE("those who ask for one name share one look-up and its answer") {
    auto body = [](otto::Context& ctx) -> otto::task<> {
        otto::spawn(open_gate_for_all());
        otto::FleetResult results = co_await ctx.run_on_all_hosts(resolve("shared.gate.test"));
        for (const auto& [id, result] : results)
            CHECK(result.commands().front().text() == "192.0.2.7");
        otto::CommandResult again = co_await ctx.get_host("h1")->run(resolve("shared.gate.test"));
        CHECK(again.text() == "192.0.2.7");
    };
    with_hosts(body);
    CHECK(fake_names::lookups("shared.gate.test") == 1);
}
