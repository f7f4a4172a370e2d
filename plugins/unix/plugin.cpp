#include "unix_host.hpp"

#include <otto/plugin.hpp>

namespace {

using otto::OptionKind;

std::shared_ptr<otto::Host> make_unix(otto::HostContext context) {
    return std::make_shared<otto::unix_driver::UnixHost>(std::move(context));
}

constexpr otto::OptionSpec options[] = {
    {"port", OptionKind::integer, false, "22", "1..65535", "TCP port of the SSH server"},
    {"user", OptionKind::string, false, nullptr, "", "login name; default: the one who runs otto"},
    {"password", OptionKind::secret, false, nullptr, "", "for password and keyboard-interactive login"},
    {"identity_file", OptionKind::path, false, nullptr, "",
     "private key; default without a password: ~/.ssh/id_ed25519 and id_ecdsa"},
    {"passphrase", OptionKind::secret, false, nullptr, "", "decrypts identity_file"},
    {"agent", OptionKind::boolean, false, nullptr, "",
     "offer the SSH agent's keys; default: only without identity_file and password"},
    {"known_hosts", OptionKind::path, false, nullptr, "",
     "file of known host keys; default: ~/.ssh/known_hosts"},
    {"host_key_policy", OptionKind::choice, false, "accept-new", "strict|accept-new|off",
     "what to do about a host key that known_hosts does not hold"},
    {"host_key", OptionKind::string, false, nullptr, "",
     "the only host key taken: 'SHA256:...' or 'ssh-ed25519 AAAA...'"},
    {"keepalive", OptionKind::duration, false, "30s", "0s..1h",
     "how often an idle server is asked for a sign of life; 0s: never"},
    {"connect_timeout", OptionKind::duration, false, "15s", "100ms..1h",
     "limit for connecting and the key exchange"},
    {"shell", OptionKind::string, false, "/bin/sh", "", "POSIX shell on the host that runs the commands"},
};

constexpr otto::DriverDescriptor drivers[] = {
    otto::driver_descriptor("unix", "Unix machines over SSH: commands and files", options, &make_unix)};

} // namespace

OTTO_PLUGIN("unix", "0.1.0", "otto", "Apache-2.0", "https://github.com/otto/otto", "unix", drivers)
