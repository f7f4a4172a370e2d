#include <otto/otto.hpp>

#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <support/await.hpp>
#include <support/catch.hpp>
#include <support/fixture_driver.hpp>

using namespace std::chrono_literals;

namespace {

std::size_t entries_of(const char* directory) {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory))
        ++count;
    return count;
}

} // namespace

TEST_CASE("run gives the task's value and rethrows its exception as it is") {
    auto forty_two = []() -> otto::task<int> { co_return 42; };
    CHECK(otto::run(forty_two()) == 42);
    auto throws = []() -> otto::task<> {
        throw std::out_of_range("mine");
        co_return;
    };
    CHECK_THROWS_AS(otto::run(throws()), std::out_of_range);
}

TEST_CASE("run inside a task is refused") {
    auto nested = []() -> otto::task<> {
        auto inner = []() -> otto::task<> { co_return; };
        CHECK_THROWS_WITH(otto::run(inner()), Catch::Contains("inside a task"));
        co_return;
    };
    otto::run(nested());
}

TEST_CASE("tasks that were spawned and still run are cancelled and awaited") {
    bool unwound = false;
    auto body = [&]() -> otto::task<> {
        auto forever = [](bool& flag) -> otto::task<> {
            struct Note {
                bool& f;
                ~Note() { f = true; }
            } note{flag};
            co_await otto::pause(otto::unbounded, "a test hangs");
        };
        otto::spawn(forever(unwound));
        co_await otto::pause(1ms, "the spawned task starts");
    };
    otto::run(body());
    CHECK(unwound);
}

TEST_CASE("the first interrupt cancels the task, closes the hosts, and former handlers are put back") {
    struct sigaction before {};
    sigaction(SIGINT, nullptr, &before);
    auto report = std::make_shared<otto::CloseReport>();
    otto::OpenOptions options(fixture::lab("{a: {}}"));
    options.report_to(report);
    auto body = [](otto::Context& ctx) -> otto::task<> {
        co_await ctx.get_host("a")->open();
        ::kill(::getpid(), SIGINT);
        auto cut = co_await ctx.get_host("a")->run("hang"); // was sent, so what is known comes back
        CHECK(cut.error()->code() == otto::Errc::cancelled);
        co_await otto::pause(1ms, "a cancelled task does not go on");
        FAIL("not cancelled");
    };
    int signal = 0;
    try {
        otto::run(otto::open_context(options, body), otto::SignalPolicy::cancel);
    } catch (const otto::Interrupted& interrupted) {
        signal = interrupted.signal();
    }
    CHECK(signal == SIGINT);
    CHECK(report->closed == otto::lines("a"));
    struct sigaction after {};
    sigaction(SIGINT, nullptr, &after);
    CHECK(after.sa_handler == before.sa_handler);
}

TEST_CASE("a runtime leaves no descriptor and no thread behind") {
    auto once = [] {
        otto::OpenOptions options(fixture::lab("{'h[1-5]': {}}"));
        auto body = [](otto::Context& ctx) -> otto::task<> { co_await ctx.run_on_all_hosts("echo x"); };
        otto::run(otto::open_context(options, body));
    };
    once();
    const auto descriptors = entries_of("/proc/self/fd");
    const auto threads = entries_of("/proc/self/task");
    for (int i = 0; i < 5; ++i)
        once();
    CHECK(entries_of("/proc/self/fd") == descriptors);
    // A detached thread may need a moment to leave the kernel's table.
    const test::Stopwatch watch;
    while (entries_of("/proc/self/task") > threads && watch.elapsed() < test::patience)
        ::usleep(1000);
    CHECK(entries_of("/proc/self/task") == threads);
}
