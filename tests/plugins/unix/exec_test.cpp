// Independent commands and files on a Unix host.
#include "unix_fixture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

using namespace test;

TEST_CASE("exec works through the plugin, many at once on one connection") {
    const Sshd server;
    auto body = [&server](Host& host) -> task<> {
        auto done = std::make_shared<int>(0);
        auto one = [](Host& target, std::string text, std::shared_ptr<int> count) -> task<> {
            const CommandResult result = co_await target.exec("echo " + text);
            if (result.output() == text + "\n") ++*count;
        };
        constexpr int commands = 50;
        for (int i = 0; i < commands; ++i)
            otto::spawn(one(host, std::to_string(i), done));
        auto all_done = [done] { return *done == commands; };
        co_await eventually(all_done);
        CHECK(count_in(server.log(), "Accepted publickey") == 1);
    };
    with_unix(body, spec_for(server));
}

TEST_CASE("an exec that times out ends by its deadline and leaves nothing behind") {
    const Sshd server;
    auto body = [](Host& host) -> task<> {
        co_await host.open(); // so that the deadline is the command's alone
        Command command("echo $$; sleep 300");
        command.timeout(Duration(1'500));
        const Stopwatch watch;
        const CommandResult result = co_await host.exec(command);
        CHECK(watch.elapsed() < Duration(2'000));
        CHECK(result.timed_out());
        const std::string pid = result.text();
        const CommandResult gone =
            co_await host.exec("i=0; while kill -0 -" + pid +
                               " 2>/dev/null; do i=$((i+1)); test $i -gt 500 && exit 1; sleep 0.01; done");
        CHECK(gone.ok());
    };
    with_unix(body, spec_for(server));
}

TEST_CASE("files go to the host and back") {
    const Sshd server;
    const auto directory = server.directory();
    std::ofstream(directory / "source") << std::string(3'000'000, 'z') << "end";
    auto body = [directory](Host& host) -> task<> {
        const auto put = co_await host.put(directory / "source", directory / "remote");
        CHECK(put.bytes() == 3'000'003);
        const auto get = co_await host.get(directory / "remote", directory / "back");
        CHECK(get.ok());
        CHECK(read_text(directory / "back") == read_text(directory / "source"));
    };
    with_unix(body, spec_for(server));
}
