#include <otto/otto.hpp>

#include <support/catch.hpp>
#include <support/fixture_driver.hpp>

TEST_CASE("the blocking face has the same verbs over the same objects") {
    otto::BlockingContext ctx{otto::OpenOptions(fixture::lab("{a: {}, b: {}}"))};
    CHECK(ctx.run_on_all_hosts("echo x").ok());
    auto host = ctx.get_host("a");
    CHECK(host.run("echo one").text() == "one");
    CHECK(host.exec("exit 2").exit_status() == 2);
    CHECK(otto::get_host("a") == host.host());
    host.close();
    CHECK(host.host()->state() == otto::HostState::closed);
    auto task = [](otto::Context& inner) -> otto::task<int> {
        auto result = co_await inner.get_host("b")->run("exit 4");
        co_return *result.exit_status();
    };
    CHECK(ctx.wait(task(ctx.context())) == 4);
    auto report = ctx.close();
    CHECK(report.clean());
    CHECK(ctx.close().closed == report.closed);
}

TEST_CASE("blocking contexts are active in stack order, and their end closes their hosts") {
    {
        otto::BlockingContext outer{otto::OpenOptions(fixture::lab("{a: {}}"))};
        CHECK(otto::active_context() == &outer.context());
        {
            otto::BlockingContext inner{otto::OpenOptions(fixture::lab("{b: {}}"))};
            CHECK(otto::active_context() == &inner.context());
            CHECK(inner.run_on_all_hosts("echo x").ok());
        }
        CHECK(fixture::journal().count("close b") == 1);
        CHECK(otto::active_context() == &outer.context());
    }
    CHECK(otto::active_context() == nullptr);
    CHECK(fixture::journal().live_hosts == 0);
}

TEST_CASE("a blocking context inside a coroutine is refused, never a deadlock") {
    auto body = []() -> otto::task<> {
        CHECK_THROWS_WITH(otto::BlockingContext(otto::OpenOptions(fixture::lab("{a: {}}"))),
                          Catch::Contains("inside a task"));
        co_return;
    };
    otto::run(body());
}

TEST_CASE("a blocking host that outlives its context fails with closed") {
    std::optional<otto::BlockingHost> kept;
    {
        otto::BlockingContext ctx{otto::OpenOptions(fixture::lab("{a: {}}"))};
        kept = ctx.get_host("a");
    }
    try {
        kept->run("echo x");
        FAIL("it ran");
    } catch (const otto::Error& error) {
        CHECK(error.code() == otto::Errc::closed);
    }
}
