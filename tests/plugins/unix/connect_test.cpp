// How a Unix host comes by its connection, and loses it.
#include "unix_fixture.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace test;

namespace {

// Listens and never says a word.
class SilentServer {
  public:
    SilentServer()
        : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in name{};
        name.sin_family = AF_INET;
        ::inet_pton(AF_INET, "127.0.0.1", &name.sin_addr);
        socklen_t size = sizeof name;
        REQUIRE(::bind(descriptor_, reinterpret_cast<sockaddr*>(&name), size) == 0);
        REQUIRE(::listen(descriptor_, 8) == 0);
        REQUIRE(::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&name), &size) == 0);
        port_ = ntohs(name.sin_port);
    }
    ~SilentServer() { ::close(descriptor_); }
    SilentServer(const SilentServer&) = delete;
    SilentServer& operator=(const SilentServer&) = delete;
    [[nodiscard]] int port() const noexcept { return port_; }

  private:
    int descriptor_;
    int port_ = 0;
};

task<> expect_failure(Host& host, Errc code, std::string text) {
    std::optional<Error> failure;
    try {
        co_await host.open(Duration(10'000));
    } catch (const Error& error) {
        failure = error;
    }
    REQUIRE(failure);
    CAPTURE(failure->what());
    CHECK(failure->code() == code);
    CHECK(std::string(failure->what()).find(text) != std::string::npos);
}

} // namespace

TEST_CASE("a Unix host connects on first use, and again after a close, and leaves no descriptor") {
    const Sshd server;
    auto body = [&server](Host& host) -> task<> {
        CHECK(server.log().find("Connection from") == std::string::npos);
        CommandResult result = co_await host.exec("true"); // what is loaded once is loaded now
        co_await host.close();
        const auto before = open_descriptors();
        result = co_await host.run("echo again");
        CHECK(result.output() == "again\n");
        CHECK(open_descriptors() == before + 1);
        co_await host.close();
        CHECK(open_descriptors() == before);
        CHECK(count_in(server.log(), "Accepted publickey") == 2);
    };
    with_unix(body, spec_for(server));
}

TEST_CASE("a connection that dies while idle is noticed, and the next verb connects") {
    Sshd server;
    auto body = [&server](Host& host) -> task<> {
        CommandResult result = co_await host.exec("echo one");
        server.kill_connections();
        co_await eventually([&host] { return host.state() == otto::HostState::closed; });
        result = co_await host.exec("echo two");
        CHECK(result.output() == "two\n");
    };
    with_unix(body, spec_for(server));
}

TEST_CASE("a silent port is unreachable after connect_timeout") {
    const SilentServer silent;
    const Sshd server;
    auto spec = spec_for(server);
    spec.set("address", "127.0.0.1");
    spec.set("port", std::to_string(silent.port()));
    spec.set("connect_timeout", "300ms");
    auto body = [](Host& host) -> task<> {
        const Stopwatch watch;
        co_await expect_failure(host, Errc::unreachable, "said nothing within 300ms");
        CHECK(watch.elapsed() < Duration(2'000));
    };
    with_unix(body, spec);
}

TEST_CASE("a hop is refused instead of dialling past it") {
    const Sshd server;
    auto spec = spec_for(server);
    spec.set("hop", "gate");
    auto body = [&server](Host& host) -> task<> {
        co_await expect_failure(host, Errc::unsupported, "gate");
        CHECK(server.log().find("Connection from") == std::string::npos);
    };
    with_unix(body, spec);
}

TEST_CASE("a server that falls silent is given up by the keepalive") {
    Sshd server;
    auto spec = spec_for(server);
    spec.set("keepalive", "100ms");
    auto body = [&server](Host& host) -> task<> {
        const CommandResult result = co_await host.exec("true");
        server.stop_connections();
        co_await eventually([&host] { return host.state() == otto::HostState::closed; });
        server.kill_connections();
    };
    with_unix(body, spec);
}

TEST_CASE("the option table is checked where the driver alone can judge") {
    const Sshd server;
    auto spec = spec_for(server);
    spec.set("shell", "sh; rm");
    auto body = [](Host&) -> task<> { co_return; };
    CHECK_THROWS_AS(with_unix(body, spec), Error);
}
