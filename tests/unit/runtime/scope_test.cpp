#include <otto/otto.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <support/await.hpp>
#include <support/catch.hpp>
#include <support/fixture_driver.hpp>

using namespace std::chrono_literals;
namespace asio = otto::asio;

namespace {

otto::CloseReport close_after(const std::string& hosts, std::function<otto::task<>(otto::Context&)> body) {
    auto report = std::make_shared<otto::CloseReport>();
    otto::OpenOptions options(fixture::lab(hosts));
    options.report_to(report);
    otto::run(otto::open_context(options, body));
    return *report;
}

otto::task<> open_all(otto::Context& ctx) {
    for (const auto& host : ctx.all_hosts())
        co_await host->open();
}

std::vector<std::string> sorted(std::vector<std::string> list) {
    std::ranges::sort(list);
    return list;
}

std::size_t position(const std::vector<std::string>& list, const std::string& what) {
    return static_cast<std::size_t>(std::ranges::find(list, what) - list.begin());
}

} // namespace

TEST_CASE("a scope closes every host, and one that fails stops no other") {
    auto report =
        close_after("{a: {}, b: {close: throw}, c: {}, d: {}}", [](otto::Context& ctx) -> otto::task<> {
            for (const std::string id : {"a", "b", "c"})
                co_await ctx.get_host(id)->open();
            (void)ctx.get_host("d");
        });
    CHECK(sorted(report.closed) == otto::lines("a", "c"));
    REQUIRE(report.failed.size() == 1);
    CHECK(report.failed[0].host == "b");
    CHECK_THAT(report.failed[0].error.what(), Catch::Contains("logout failed"));
    CHECK(report.unused == otto::lines("d"));
    CHECK(!report.clean());
}

TEST_CASE("hosts close at the same time, and a hop after those that hang on it") {
    const std::string hosts = "{hop2: {close: slow, hop: hop1}, hop1: {close: slow}, "
                              "x: {close: slow, hop: hop2}, y: {close: throw, hop: hop2}, z: {close: slow}}";
    auto report = close_after(hosts, open_all);
    const auto order = fixture::journal().entries();
    CHECK(position(order, "close x") < position(order, "close hop2"));
    CHECK(position(order, "close y") < position(order, "close hop2"));
    CHECK(position(order, "close hop2") < position(order, "close hop1"));
    CHECK(position(order, "close z") < position(order, "close hop2"));
    CHECK(report.closed.size() == 4);
    CHECK(report.failed.size() == 1);
}

TEST_CASE("a close that hangs is bounded and then aborted; the others are not delayed") {
    const test::Stopwatch watch;
    auto report = close_after("{a: {close: hang}, b: {}}",
                              [](otto::Context& ctx) -> otto::task<> { co_await open_all(ctx); });
    CHECK(report.aborted == otto::lines("a"));
    CHECK(report.closed == otto::lines("b"));
    CHECK(watch.elapsed() < 6s);
    CHECK(fixture::journal().count("abort a") == 1);
}

TEST_CASE("a close that blocks its thread or ignores cancellation is reported as a stray") {
    for (const std::string how : {"ignore", "block"}) {
        auto report = close_after("{a: {close: " + how + "}}", [](otto::Context& ctx) -> otto::task<> {
            auto host = ctx.get_host("a");
            co_await host->open();
            co_await host->close(100ms);
        });
        CHECK(report.strays == otto::lines("a"));
    }
}

TEST_CASE("a host in mid-connect is cancelled and counted") {
    auto report = close_after("{a: {open: hang}}", [](otto::Context& ctx) -> otto::task<> {
        auto opening = [](otto::HostPtr host) -> otto::task<> {
            try {
                co_await host->open();
            } catch (const otto::Error& error) {
                CHECK(error.code() == otto::Errc::closed);
            }
        };
        asio::co_spawn(co_await asio::this_coro::executor, opening(ctx.get_host("a")), asio::detached);
        co_await test::eventually([] { return fixture::journal().count("open a") == 1; });
    });
    CHECK(report.closed == otto::lines("a"));
    CHECK(report.duration < 1s);
}

TEST_CASE("handles that outlive their scope fail with closed, and a closing scope takes no host") {
    otto::HostPtr kept;
    auto body = [&]() -> otto::task<> {
        otto::Context ctx(fixture::lab("{a: {}, b: {}}"));
        ctx.scope().enter();
        kept = ctx.get_host("a");
        co_await kept->run("echo x");
        auto report = co_await ctx.scope().close();
        CHECK(report.closed == otto::lines("a"));
        auto again = co_await ctx.scope().close();
        CHECK(again.closed == report.closed);
        for (int i = 0; i < 2; ++i) {
            otto::Errc code{};
            try {
                co_await kept->run("echo y");
            } catch (const otto::Error& error) {
                code = error.code();
            }
            CHECK(code == otto::Errc::closed);
        }
        CHECK_THROWS_AS(ctx.get_host("b"), otto::Error);
        CHECK_THROWS_AS(ctx.scope().register_host(kept), otto::Error);
        CHECK_THROWS_AS(ctx.scope().enter(), otto::Error);
    };
    otto::run(body());
    CHECK(fixture::journal().count("open a") == 1);
}

TEST_CASE("a registered host and a host with overrides are closed by the scope as well") {
    auto report = close_after("{a: {}}", [](otto::Context& ctx) -> otto::task<> {
        otto::HostSpec spec("fixture");
        spec.id("lone");
        auto lone = otto::make_host(spec, otto::ContextOptions(), ctx.lab().plugins());
        ctx.scope().register_host(lone);
        co_await lone->open();
        auto fresh = ctx.get_host("a", otto::Overrides().set("user", "root"));
        CHECK(fresh != ctx.get_host("a"));
        co_await fresh->open();
    });
    CHECK(sorted(report.closed) == otto::lines("a", "lone"));
    CHECK(report.unused == otto::lines("a"));
}

TEST_CASE("nothing is left behind after a body that returns, throws or is dropped") {
    CHECK(fixture::journal().live_hosts == 0);
    close_after("{a: {}, b: {}}", open_all);
    CHECK(fixture::journal().live_hosts == 0);
    CHECK_THROWS_WITH(close_after("{a: {}}",
                                  [](otto::Context& ctx) -> otto::task<> {
                                      co_await open_all(ctx);
                                      throw std::runtime_error("body");
                                  }),
                      "body");
    CHECK(fixture::journal().live_hosts == 0);
    CHECK(fixture::journal().count("close a") == 1);
}

TEST_CASE("a host outside of any context that is dropped unclosed aborts") {
    auto body = []() -> otto::task<> {
        otto::HostSpec spec("fixture");
        spec.id("lone");
        auto host = otto::make_host(spec, otto::ContextOptions(), fixture::registry());
        co_await host->open();
        host.reset();
        co_await test::eventually([] { return fixture::journal().count("abort lone") == 1; });
        co_await test::eventually([] { return fixture::journal().live_hosts == 0; });
    };
    otto::run(body());
}

TEST_CASE("a host may be kept beyond the runtime, and does nothing any more") {
    otto::HostPtr kept;
    auto body = [&]() -> otto::task<> {
        otto::HostSpec spec("fixture");
        spec.id("lone");
        kept = otto::make_host(spec, otto::ContextOptions(), fixture::registry());
        co_await kept->open();
    };
    otto::run(body());
    CHECK(fixture::journal().count("abort lone") == 1);
    CHECK(fixture::journal().live_hosts == 1);
    kept.reset();
    CHECK(fixture::journal().live_hosts == 0);
}

TEST_CASE("with_host closes the host on every way out") {
    close_after("{a: {}}", [](otto::Context& ctx) -> otto::task<> {
        auto body = [](otto::Host& host) -> otto::task<> {
            co_await host.run("echo x");
            throw std::runtime_error("body");
        };
        bool threw = false;
        try {
            co_await otto::with_host(ctx.get_host("a"), body);
        } catch (const std::runtime_error&) {
            threw = true;
        }
        CHECK(threw);
        CHECK(ctx.get_host("a")->state() == otto::HostState::closed);
        CHECK(fixture::journal().count("close a") == 1);
    });
}
