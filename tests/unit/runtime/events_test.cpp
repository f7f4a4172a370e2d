#include <otto/otto.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <sstream>
#include <support/await.hpp>
#include <support/catch.hpp>
#include <support/fixture_driver.hpp>
#include <thread>

using namespace std::chrono_literals;
namespace asio = otto::asio;

namespace {

class Recorder : public otto::EventSink {
  public:
    void on_event(const otto::Event& event) override {
        CHECK(std::this_thread::get_id() == thread);
        CHECK(otto::active_context() == nullptr);
        kinds += std::string(to_string(event.kind())) + ' ';
        if (event.kind() == otto::EventKind::output) bytes += event.text().size();
        ++count;
    }

    std::thread::id thread = std::this_thread::get_id();
    std::string kinds;
    std::size_t bytes = 0;
    int count = 0;
};

class Thrower : public otto::EventSink {
  public:
    void on_event(const otto::Event&) override {
        ++called;
        throw std::runtime_error("disk full");
    }
    int called = 0;
};

} // namespace

TEST_CASE("a sink hears what happens, in order, on the user's thread") {
    auto sink = std::make_shared<Recorder>();
    otto::OpenOptions options(fixture::lab("{a: {}}"));
    options.sink(sink);
    auto body = [](otto::Context& ctx) -> otto::task<> { co_await ctx.get_host("a")->run("echo x"); };
    otto::run(otto::open_context(options, body));
    CHECK(sink->kinds == "connecting connected command-started output command-ended closing closed ");
}

TEST_CASE("log_command_output(false) suppresses output events, not results") {
    auto sink = std::make_shared<Recorder>();
    otto::OpenOptions options(fixture::lab("{a: {}}"));
    options.sink(sink).log_command_output(false);
    auto body = [](otto::Context& ctx) -> otto::task<> {
        auto result = co_await ctx.get_host("a")->run("echo x");
        CHECK(result.output() == "x\n");
    };
    otto::run(otto::open_context(options, body));
    CHECK(sink->bytes == 0);
    CHECK(sink->count > 0);
}

TEST_CASE("a sink that throws is removed and reported, and the others go on") {
    auto good = std::make_shared<Recorder>();
    auto bad = std::make_shared<Thrower>();
    auto report = std::make_shared<otto::CloseReport>();
    otto::OpenOptions options(fixture::lab("{a: {}}"));
    options.sink(bad).sink(good).report_to(report);
    auto body = [](otto::Context& ctx) -> otto::task<> { co_await ctx.get_host("a")->run("echo x"); };
    otto::run(otto::open_context(options, body));
    CHECK(bad->called == 1);
    CHECK_THAT(good->kinds, Catch::Contains("warning") && Catch::Contains("closed"));
    REQUIRE(report->sinks.size() == 1);
    CHECK_THAT(report->sinks[0], Catch::Contains("disk full"));
}

TEST_CASE("output of a host waits while the sinks are behind, and nothing is lost") {
    auto sink = std::make_shared<Recorder>();
    otto::OpenOptions options(fixture::lab("{a: {}}"));
    options.sink(sink);
    auto body = [sink](otto::Context& ctx) -> otto::task<> {
        auto done = std::make_shared<bool>(false);
        auto flood = [](otto::HostPtr host, std::shared_ptr<bool> flag) -> otto::task<> {
            co_await host->run("flood 200");
            *flag = true;
        };
        asio::co_spawn(co_await asio::this_coro::executor, flood(ctx.get_host("a"), done), asio::detached);
        co_await test::eventually([&] { return fixture::journal().count("open a") == 1; });
        // The user's thread is busy: the host may run ahead by about a megabyte and no more.
        const test::Stopwatch busy;
        while (busy.elapsed() < 200ms)
            std::this_thread::yield();
        CHECK(!*done);
        co_await test::eventually([&] { return *done; });
    };
    otto::run(otto::open_context(options, body));
    CHECK(sink->bytes == 200 * 64 * 1024);
}

TEST_CASE("no sink is called after its scope has closed") {
    auto sink = std::make_shared<Recorder>();
    auto body = [sink]() -> otto::task<> {
        otto::Context ctx(fixture::lab("{a: {}}"), otto::ContextOptions().sink(sink));
        ctx.scope().enter();
        co_await ctx.get_host("a")->open();
        co_await ctx.scope().close();
        const int heard = sink->count;
        ctx.emit(otto::Event(otto::EventKind::warning, "late"));
        co_await otto::pause(20ms, "a late event would arrive");
        CHECK(sink->count == heard);
    };
    otto::run(body());
}

TEST_CASE("the log has a line for each line of output, with control bytes escaped") {
    std::ostringstream out;
    otto::LogSink log(out);
    log.on_event(otto::Event(otto::EventKind::output, "one\r\ntw").host("a"));
    log.on_event(otto::Event(otto::EventKind::output, "o\x1b[31m\nrest").host("a"));
    log.on_event(otto::Event(otto::EventKind::command_ended, "exit status 0").host("a"));
    const std::string text = out.str();
    CHECK_THAT(text, Catch::Contains("a | one\n"));
    CHECK_THAT(text, Catch::Contains("a | two\\x1b[31m\n"));
    CHECK_THAT(text, Catch::Contains("a | rest\n"));
    CHECK_THAT(text, Catch::Contains("a command-ended: exit status 0\n"));
}
