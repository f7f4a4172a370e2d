// Logging in by a key that only an SSH agent holds.
#include "unix_fixture.hpp"

#include <signal.h>
#include <stdlib.h>

#include <array>
#include <cstdio>
#include <cstdlib>

using namespace test;

namespace {

// A private ssh-agent that holds the server's user key; gone, and SSH_AUTH_SOCK as before, at the end.
class Agent {
  public:
    explicit Agent(const Sshd& server) {
        const std::string socket = (server.directory() / "agent").string();
        pid_ = start("ssh-agent -s -a '" + socket + "'");
        if (const char* former = std::getenv("SSH_AUTH_SOCK")) former_ = former;
        ::setenv("SSH_AUTH_SOCK", socket.c_str(), 1);
        REQUIRE(std::system(("ssh-add -q '" + server.key("ed25519") + "'").c_str()) == 0);
    }
    ~Agent() {
        ::kill(pid_, SIGTERM);
        if (former_.empty())
            ::unsetenv("SSH_AUTH_SOCK");
        else
            ::setenv("SSH_AUTH_SOCK", former_.c_str(), 1);
    }
    Agent(const Agent&) = delete;
    Agent& operator=(const Agent&) = delete;

  private:
    static pid_t start(const std::string& command) {
        FILE* pipe = ::popen(command.c_str(), "re");
        REQUIRE(pipe);
        std::array<char, 1024> text{};
        const std::size_t size = std::fread(text.data(), 1, text.size() - 1, pipe);
        ::pclose(pipe);
        const std::string said(text.data(), size);
        const auto at = said.find("SSH_AGENT_PID=");
        REQUIRE(at != std::string::npos);
        return std::stoi(said.substr(at + 14));
    }

    pid_t pid_ = 0;
    std::string former_;
};

otto::HostSpec agent_only(const Sshd& server) {
    otto::HostSpec spec("unix");
    spec.id("box").set("address", server.address()).set("port", std::to_string(server.port()));
    spec.set("user", server.user()).set("agent", "true");
    spec.set("known_hosts", (server.directory() / "known_hosts").string());
    return spec;
}

} // namespace

TEST_CASE("a key that the agent holds logs in") {
    const Sshd server;
    const Agent agent(server);
    auto body = [](Host& host) -> task<> {
        const CommandResult result = co_await host.run("echo in");
        CHECK(result.text() == "in");
    };
    with_unix(body, agent_only(server));
}
