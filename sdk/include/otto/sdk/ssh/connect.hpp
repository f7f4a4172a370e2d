// From an address to a session that is logged in: dial, key exchange, host key, authentication.
#pragma once

#include <otto/event.hpp>
#include <otto/sdk/ssh/session.hpp>
#include <otto/secret.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace otto::sdk {

// What to do about a server's key (as OpenSSH's StrictHostKeyChecking).
enum class HostKeyPolicy {
    strict,     // a key that known_hosts does not hold is refused
    accept_new, // it is written there; a changed one is refused
    off,        // every key is taken
};

// Whom to log in to, as whom, and with what.
class SshTarget {
  public:
    SshTarget(std::string name, std::string login)
        : host(std::move(name))
        , user(std::move(login)) {}

    std::string host; // name or address, as the user gave it: known_hosts is asked for it
    std::uint16_t port = 22;
    std::string user;
    // Bounds connecting and the key exchange, so that a silent server is told from a slow login.
    Duration connect_timeout{15'000};

    HostKeyPolicy host_key_policy = HostKeyPolicy::accept_new;
    std::string
        host_key; // "SHA256:..." or "ssh-ed25519 AAAA...": the only key taken, whatever the policy; or empty
    std::string known_hosts; // path

    std::vector<std::string>
        identity_files; // paths; empty: ~/.ssh/id_ed25519 and id_ecdsa, unless there is a password
    std::optional<Secret> passphrase;
    std::optional<Secret> password; // also answers the first question of keyboard-interactive
    std::optional<bool> agent;      // default: asked when there is neither identity file nor password
};

// What connecting needs from the host that it is done for. Everything is called on the strand.
class SshServices {
  public:
    SshServices() = default;
    SshServices(const SshServices&) = delete;
    SshServices& operator=(const SshServices&) = delete;
    virtual ~SshServices() = default;

    virtual task<std::vector<std::string>> resolve(std::string name) = 0;
    virtual task<std::string> reveal(Secret secret) = 0;
    virtual task<> blocking(std::function<void()> work) = 0;
    virtual void emit(Event event) = 0;
};

// On `strand`. Throws Error: unreachable, protocol, host_key, authentication, lab (a secret). Cancelling it,
// like every failure, drops the connection.
task<SshSessionPtr> connect_ssh(asio::any_io_executor strand, SshTarget target,
                                std::shared_ptr<SshServices> services);
// The same over a stream that exists.
task<SshSessionPtr> login_ssh(asio::any_io_executor strand, std::unique_ptr<ByteStream> stream,
                              SshTarget target, std::shared_ptr<SshServices> services);

} // namespace otto::sdk
