// The active context belongs to the logical task: tasks on one thread keep apart.
#include <otto/otto.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <support/await.hpp>
#include <support/catch.hpp>
#include <support/fixture_driver.hpp>

using namespace std::chrono_literals;
namespace asio = otto::asio;

namespace {

std::string active_ids() {
    std::string ids;
    for (const auto& host : otto::all_hosts())
        ids += host->id();
    return ids;
}

// Looks at the active context again and again while others run on the same thread.
otto::task<> stays(std::string ids) {
    for (int i = 0; i < 10; ++i) {
        CHECK(active_ids() == ids);
        auto result = co_await otto::all_hosts().front()->run("echo x");
        CHECK(result.ok());
        CHECK(active_ids() == ids);
    }
}

otto::task<> open_and_stay(std::string hosts, std::string ids) {
    otto::OpenOptions options(fixture::lab(hosts));
    auto body = [ids](otto::Context&) -> otto::task<> { co_await stays(ids); };
    co_await otto::open_context(options, body);
}

} // namespace

TEST_CASE("the zero-argument accessors give the same objects as the context") {
    otto::OpenOptions options(fixture::lab("{a: {}, b: {}}"));
    auto body = [](otto::Context& ctx) -> otto::task<> {
        CHECK(otto::all_hosts() == ctx.all_hosts());
        CHECK(otto::get_host("b") == ctx.get_host("b"));
        CHECK(otto::active_context() == &ctx);
        co_await otto::get_host("a")->run("echo x");
        CHECK(otto::active_context() == &ctx);
    };
    otto::run(otto::open_context(options, body));
    CHECK(otto::active_context() == nullptr);
}

TEST_CASE("two contexts started by one && keep apart on one thread") {
    using namespace asio::experimental::awaitable_operators;
    auto body = []() -> otto::task<> {
        co_await (open_and_stay("{a: {}}", "a") && open_and_stay("{b: {}, c: {}}", "bc"));
        CHECK(otto::active_context() == nullptr);
    };
    otto::run(body());
}

TEST_CASE("contexts nest, and the outer one is back when the inner one throws") {
    otto::OpenOptions outer(fixture::lab("{a: {}}"));
    auto body = [](otto::Context& ctx) -> otto::task<> {
        otto::OpenOptions inner(fixture::lab("{b: {}}"));
        auto throws = [](otto::Context&) -> otto::task<> {
            CHECK(active_ids() == "b");
            co_await otto::get_host("b")->run("echo x");
            throw std::runtime_error("inner");
        };
        CHECK(active_ids() == "a");
        bool threw = false;
        try {
            co_await otto::open_context(inner, throws);
        } catch (const std::runtime_error&) {
            threw = true;
        }
        CHECK(threw);
        CHECK(otto::active_context() == &ctx);
        CHECK(active_ids() == "a");
    };
    otto::run(otto::open_context(outer, body));
}

TEST_CASE("spawn copies the active context, and changes on either side are not seen by the other") {
    otto::OpenOptions options(fixture::lab("{a: {}}"));
    auto body = [](otto::Context& ctx) -> otto::task<> {
        bool seen = false;
        bool cleared = false;
        auto beside = [](bool& saw, bool& done, otto::Context& own) -> otto::task<> {
            saw = otto::active_context() == &own;
            otto::Context other(fixture::lab("{z: {}}"));
            const auto token = otto::set_context(other);
            CHECK(active_ids() == "z");
            co_await otto::pause(10ms, "a test suspends");
            CHECK(active_ids() == "z");
            otto::reset_context(token);
            done = true;
        };
        otto::spawn(beside(seen, cleared, ctx));
        co_await test::eventually([&] { return cleared; });
        CHECK(seen);
        CHECK(otto::active_context() == &ctx);
    };
    otto::run(otto::open_context(options, body));
}

TEST_CASE("the lower level runs inside an application's own io_context") {
    asio::io_context io;
    bool done = false;
    {
        otto::Runtime runtime(io.get_executor());
        auto session = [&]() -> otto::task<> {
            otto::Context ctx(fixture::lab("{a: {}}"));
            const auto token = otto::set_context(ctx);
            ctx.scope().enter();
            auto result = co_await otto::get_host("a")->run("echo mine");
            CHECK(result.text() == "mine");
            auto report = co_await ctx.scope().close();
            CHECK(report.closed == otto::lines("a"));
            otto::reset_context(token);
            CHECK(otto::active_context() == nullptr);
            done = true;
        };
        asio::co_spawn(runtime.executor(), session(), [](std::exception_ptr e) { CHECK(!e); });
        io.run_for(std::chrono::seconds(10));
    }
    CHECK(done);
}

TEST_CASE("set_context and reset_context are refused outside of a task and out of order") {
    auto body = []() -> otto::task<> {
        otto::Context first(fixture::lab("{a: {}}"));
        otto::Context second(fixture::lab("{b: {}}"));
        const auto one = otto::set_context(first);
        const auto two = otto::set_context(second);
        CHECK_THROWS_WITH(otto::reset_context(one), Catch::Contains("out of order"));
        CHECK(active_ids() == "b");
        otto::reset_context(two);
        otto::reset_context(one);
        CHECK_THROWS_AS(otto::reset_context(one), otto::Error);
        co_return;
    };
    otto::run(body());
    CHECK_THROWS_WITH(otto::all_hosts(), Catch::Contains("no context is active"));
    CHECK_THROWS_WITH(otto::Runtime::current(), Catch::Contains("no runtime"));
}

TEST_CASE("a context that has ended is not the active one of a task that copied it") {
    auto body = []() -> otto::task<> {
        bool looked = false;
        {
            otto::Context ctx(fixture::lab("{a: {}}"));
            const auto token = otto::set_context(ctx);
            auto later = [](bool& done) -> otto::task<> {
                co_await otto::pause(20ms, "until the context has ended");
                CHECK(otto::active_context() == nullptr);
                done = true;
            };
            otto::spawn(later(looked));
            co_await ctx.scope().close();
            otto::reset_context(token);
        }
        co_await test::eventually([&] { return looked; });
    };
    otto::run(body());
}

TEST_CASE("patterns select in lab order, and one that selects nothing is an error") {
    otto::OpenOptions options(fixture::lab("{web1: {}, db: {}, web2: {}}"));
    auto body = [](otto::Context& ctx) -> otto::task<> {
        auto some = ctx.all_hosts("web*");
        CHECK(some.size() == 2);
        CHECK(some[0] == ctx.get_host("web1"));
        CHECK_THROWS_AS(ctx.all_hosts("nothing*"), otto::Error);
        CHECK_THROWS_WITH(ctx.get_host("web3"), Catch::Contains("did you mean"));
        co_return;
    };
    otto::run(otto::open_context(options, body));
}
