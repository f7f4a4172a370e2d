// Dialling, host keys and authentication against real servers.
#include <otto/sdk/ssh/channel.hpp>
#include <otto/sdk/ssh/connect.hpp>
#include <otto/sdk/ssh/known_hosts.hpp>

#include <sys/stat.h>

#include <support/catch.hpp>
#include <support/ssh_client.hpp>
#include <support/sshd.hpp>

using namespace otto;
using namespace otto::test;
using namespace std::chrono_literals;

namespace {

// The error of a login that must fail.
Error failure_of(TestLoop& test, const sdk::SshTarget& target) {
    try {
        test.wait(sdk::connect_ssh(test.strand, target, test.services))->abort();
    } catch (const Error& error) {
        return error;
    }
    FAIL("the login succeeded");
    throw std::logic_error("not reached");
}

void log_in(TestLoop& test, const sdk::SshTarget& target) {
    auto session = test.wait(sdk::connect_ssh(test.strand, target, test.services));
    test.wait(session->disconnect());
}

bool mentions(const Error& error, const std::string& text) {
    UNSCOPED_INFO(error.what());
    return std::string(error.what()).find(text) != std::string::npos;
}

} // namespace

TEST_CASE("every kind of key file logs in") {
    Sshd server;
    TestLoop test;
    const std::string kind = GENERATE("ed25519", "ecdsa", "rsa", "rsa-pem");
    CAPTURE(kind);
    log_in(test, target_of(server, kind));
    CHECK(server.wait_for_log("Accepted publickey"));
}

TEST_CASE("an encrypted key needs its passphrase") {
    Sshd server;
    TestLoop test;
    auto target = target_of(server, "encrypted");
    CHECK(mentions(failure_of(test, target), "encrypted and there is no passphrase"));
    target.passphrase = Secret::literal("close sesame");
    CHECK(mentions(failure_of(test, target), "passphrase is wrong"));
    target.passphrase = Secret::literal("open sesame");
    log_in(test, target);
}

TEST_CASE("a refused key says what was tried and what the server offers") {
    Sshd server;
    TestLoop test;
    const auto error = failure_of(test, target_of(server, "stranger"));
    CHECK(error.code() == Errc::authentication);
    CHECK(mentions(error, server.key("stranger")));
    CHECK(mentions(error, "it offers publickey"));
}

TEST_CASE("a key file that does not exist is named") {
    Sshd server;
    TestLoop test;
    auto target = target_of(server, "");
    target.identity_files.push_back("/nonexistent/key");
    const auto error = failure_of(test, target);
    CHECK(error.code() == Errc::authentication);
    CHECK(mentions(error, "/nonexistent/key (No such file"));
}

TEST_CASE("passwords log in, by either method, and wrong ones do not") {
    if (!Sshd::can_check_passwords()) return;
    const bool interactive = GENERATE(false, true);
    SshdOptions options;
    options.line(interactive ? "PasswordAuthentication no" : "KbdInteractiveAuthentication no").passwords();
    Sshd server(options);
    TestLoop test;
    auto target = target_of(server, "");
    target.password = Secret::literal(Sshd::password);
    log_in(test, target);
    CHECK(server.wait_for_log(interactive ? "Accepted keyboard-interactive" : "Accepted password"));
    target.password = Secret::literal("wrong");
    const auto error = failure_of(test, target);
    CHECK(error.code() == Errc::authentication);
    CHECK(mentions(error, interactive ? "tried keyboard-interactive" : "tried password"));
}

TEST_CASE("two methods in a row are used when the server wants both") {
    if (!Sshd::can_check_passwords()) return;
    SshdOptions options;
    options.line("AuthenticationMethods publickey,password").passwords();
    Sshd server(options);
    TestLoop test;
    auto target = target_of(server);
    target.password = Secret::literal(Sshd::password);
    log_in(test, target);
    CHECK(server.wait_for_log("Partial publickey"));
}

TEST_CASE("a password is not revealed when a key is enough") {
    Sshd server;
    TestLoop test;
    auto target = target_of(server);
    target.password = Secret::literal("unused");
    log_in(test, target);
    CHECK(test.services->revealed == 0);
}

TEST_CASE("accept-new writes one line with mode 0600, once, and tells") {
    Sshd server;
    TestLoop test;
    const auto target = target_of(server);
    log_in(test, target);
    log_in(test, target);
    const auto text = read_text(target.known_hosts);
    CHECK(std::count(text.begin(), text.end(), '\n') == 1);
    CHECK(text.find("[" + server.address() + "]:" + std::to_string(server.port()) + " ssh-ed25519 ") == 0);
    REQUIRE(test.services->events.size() == 1);
    CHECK(test.services->events[0].kind() == EventKind::host_key_added);
    struct stat status {};
    REQUIRE(::stat(target.known_hosts.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("strict refuses an unknown host and writes nothing") {
    Sshd server;
    TestLoop test;
    auto target = target_of(server);
    target.host_key_policy = sdk::HostKeyPolicy::strict;
    const auto error = failure_of(test, target);
    CHECK(error.code() == Errc::host_key);
    CHECK(mentions(error, "SHA256:"));
    CHECK_FALSE(std::filesystem::exists(target.known_hosts));
}

TEST_CASE("a changed host key ends before authentication, with both fingerprints and the line") {
    TestLoop test;
    SshdOptions options;
    Sshd server(options.fresh_host_keys().host_keys({"ed25519"}));
    auto target = target_of(server);
    const auto name = "[" + server.address() + "]:" + std::to_string(server.port());
    std::ofstream(target.known_hosts) << "# comment\n" << name << " " << Sshd().host_key("ed25519") << "\n";
    const auto error = failure_of(test, target);
    CHECK(error.code() == Errc::host_key);
    const std::string text = error.what();
    CHECK(text.find("SHA256:") != text.rfind("SHA256:"));
    CHECK(mentions(error, target.known_hosts + ":2"));
    CHECK(server.log().find("Accepted") == std::string::npos);
    CHECK(server.log().find("userauth") == std::string::npos);
}

TEST_CASE("the key type that the file knows is asked for, plain or hashed") {
    Sshd server;
    TestLoop test;
    auto target = target_of(server);
    target.host_key_policy = sdk::HostKeyPolicy::strict;
    const auto name = "[" + server.address() + "]:" + std::to_string(server.port());
    std::ofstream(target.known_hosts) << name << " " << server.host_key("ecdsa") << "\n";
    const bool hashed = GENERATE(false, true);
    if (hashed)
        REQUIRE(std::system(("ssh-keygen -q -H -f " + target.known_hosts + " >/dev/null 2>&1").c_str()) == 0);
    log_in(test, target);
}

TEST_CASE("a pinned key is the only one taken") {
    SshdOptions options;
    Sshd server(options.host_keys({"ed25519"}));
    TestLoop test;
    auto target = target_of(server);
    target.host_key = server.host_key("ed25519") + " a comment";
    log_in(test, target);
    CHECK_FALSE(std::filesystem::exists(target.known_hosts));
    target.host_key = "SHA256:0000000000000000000000000000000000000000000";
    const auto error = failure_of(test, target);
    CHECK(error.code() == Errc::host_key);
    CHECK(mentions(error, "not the pinned SHA256:000"));
}

TEST_CASE("a closed port is unreachable, and says so") {
    TestLoop test;
    sdk::SshTarget target("127.0.0.1", "nobody");
    target.port = static_cast<std::uint16_t>(free_port("127.0.0.1"));
    const auto error = failure_of(test, target);
    CHECK(error.code() == Errc::unreachable);
    CHECK(mentions(error, "connection refused by 127.0.0.1:" + std::to_string(target.port)));
}

TEST_CASE("a server without a common algorithm is told with both lists") {
    SshdOptions options;
    Sshd server(options.line("Ciphers chacha20-poly1305@openssh.com"));
    TestLoop test;
    const auto error = failure_of(test, target_of(server));
    CHECK(error.code() == Errc::protocol);
    CHECK(mentions(error, "no common cipher"));
    CHECK(mentions(error, "chacha20-poly1305@openssh.com"));
    CHECK(mentions(error, "aes256-ctr"));
}
