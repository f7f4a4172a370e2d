#include "handshake.hpp"

#include "greeting.hpp"
#include "watchdog.hpp"

#include <otto/error.hpp>
#include <otto/event.hpp>
#include <otto/option.hpp>

#include <climits>
#include <utility>

namespace otto::sdk {

namespace {

// Without what is broken or on its way out (MD5, SHA-1 key exchange, CBC, arcfour). libssh2 1.10 has no
// AES-GCM, no chacha20 and no encrypt-then-MAC.
constexpr const char* key_exchanges =
    "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
    "diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,"
    "diffie-hellman-group14-sha256";
constexpr const char* ciphers = "aes128-ctr,aes192-ctr,aes256-ctr";
constexpr const char* macs = "hmac-sha2-256,hmac-sha2-512,hmac-sha1";

std::string join(const std::vector<std::string>& names) {
    std::string list;
    for (const auto& name : names)
        list += (list.empty() ? "" : ",") + name;
    return list;
}

// libssh2 drops names it was built without, and fails only if none is left: the mismatch is then the
// handshake's.
SshProposal propose(SshSession& session, const std::vector<std::string>& host_key_types) {
    SshProposal ours{key_exchanges, join(host_key_types), ciphers, macs};
    auto* raw = session.raw();
    libssh2_session_method_pref(raw, LIBSSH2_METHOD_KEX, ours.key_exchange.c_str());
    libssh2_session_method_pref(raw, LIBSSH2_METHOD_HOSTKEY, ours.host_keys.c_str());
    libssh2_session_method_pref(raw, LIBSSH2_METHOD_CRYPT_CS, ours.ciphers.c_str());
    libssh2_session_method_pref(raw, LIBSSH2_METHOD_CRYPT_SC, ours.ciphers.c_str());
    libssh2_session_method_pref(raw, LIBSSH2_METHOD_MAC_CS, ours.macs.c_str());
    libssh2_session_method_pref(raw, LIBSSH2_METHOD_MAC_SC, ours.macs.c_str());
    return ours;
}

Error explain_failure(SshSession& session, long answer, const SshProposal& ours) {
    const auto greeting = parse_greeting(session.greeting());
    const auto& peer = session.peer();
    if (greeting.version.empty() && !greeting.first_line.empty()) {
        return Error(Errc::protocol,
                     peer + " does not speak SSH: it sent '" + escape_controls(greeting.first_line) + "'")
            .advice("check address and port");
    }
    if (greeting.proposal) {
        const auto mismatch = explain_mismatch(*greeting.proposal, ours);
        if (!mismatch.empty()) {
            return Error(Errc::protocol, peer + " (" + escape_controls(greeting.version) + "): " + mismatch)
                .advice("enable one of ours in the server's configuration");
        }
    }
    if (answer == SshOp::gone || session.gone()) {
        return Error(Errc::unreachable,
                     peer + " closed the connection during the key exchange: " + session.reason())
            .advice("too many connections at once? see MaxStartups in sshd_config(5)");
    }
    return Error(Errc::protocol, "key exchange with " + peer + " failed: " + session.last_error());
}

} // namespace

const std::vector<std::string>& supported_host_key_types() {
    static const std::vector<std::string> types = {"ssh-ed25519", "ecdsa-sha2-nistp256",
                                                   "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"};
    return types;
}

task<> exchange_keys(SshSessionPtr session, std::vector<std::string> host_key_types, Duration limit) {
    const auto ours = propose(*session, host_key_types);
    std::function<void()> give_up = [&session] { session->abort("no answer"); };
    Watchdog watchdog(session->executor(), limit, "connect timeout", std::move(give_up));
    // libssh2 only asks fcntl about the descriptor; INT_MAX is none.
    std::function<long()> step = [raw = session->raw()]() -> long {
        return libssh2_session_handshake(raw, INT_MAX);
    };
    const long answer = co_await session->call(std::move(step));
    if (watchdog.has_bitten()) {
        const bool silent = session->greeting().empty();
        const std::string what =
            silent ? " accepted the connection but said nothing" : " did not finish the key exchange";
        throw Error(Errc::unreachable, session->peer() + what + " within " + format_duration(limit))
            .advice("is it an SSH server? see the option connect_timeout");
    }
    if (answer < 0) throw explain_failure(*session, answer, ours);
}

} // namespace otto::sdk
