#include "settings.hpp"

#include <otto/error.hpp>

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace otto::unix_driver {

namespace {

// As ssh(1): the one who runs the program.
std::string own_name() {
    std::vector<char> space(16 * 1024);
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(::geteuid(), &entry, space.data(), space.size(), &found) != 0 || !found)
        throw OptionError("user", "this process's user has no name, so `user` must be given");
    return entry.pw_name;
}

std::string default_known_hosts() {
    const char* home = std::getenv("HOME");
    if (!home || !*home) throw OptionError("known_hosts", "HOME is not set, so `known_hosts` must be given");
    return std::string(home) + "/.ssh/known_hosts";
}

sdk::HostKeyPolicy policy_of(const std::string& name) {
    if (name == "strict") return sdk::HostKeyPolicy::strict;
    return name == "off" ? sdk::HostKeyPolicy::off : sdk::HostKeyPolicy::accept_new;
}

std::string checked_shell(std::string shell) {
    const bool plain = std::all_of(shell.begin(), shell.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("/._+-").find(c) != std::string_view::npos;
    });
    if (shell.empty() || shell[0] != '/' || !plain)
        throw OptionError("shell", "expected the absolute path of a POSIX shell, of plain letters");
    return shell;
}

std::string checked_pin(std::string pin) {
    const bool fingerprint = pin.rfind("SHA256:", 0) == 0 && pin.size() > 40;
    const auto space = pin.find(' ');
    const bool key = space != std::string::npos && pin.compare(space + 1, 4, "AAAA") == 0;
    if (!fingerprint && !key)
        throw OptionError("host_key", "expected 'SHA256:...' or a public key ('ssh-ed25519 AAAA...')");
    return pin;
}

sdk::SshTarget target_of(const HostContext& context) {
    const auto& options = context.options();
    const auto user = options.optional_text("user");
    sdk::SshTarget target(context.address().value_or(context.id()), user ? *user : own_name());
    target.port = static_cast<std::uint16_t>(options.integer("port"));
    target.connect_timeout = options.duration("connect_timeout");
    target.host_key_policy = policy_of(options.text("host_key_policy"));
    if (options.has("host_key")) target.host_key = checked_pin(options.text("host_key"));
    const auto known_hosts = options.optional_text("known_hosts");
    target.known_hosts = known_hosts ? *known_hosts : default_known_hosts();
    if (options.has("identity_file")) target.identity_files.push_back(options.text("identity_file"));
    if (options.has("passphrase")) target.passphrase = options.secret("passphrase");
    if (options.has("password")) target.password = options.secret("password");
    if (options.has("agent")) target.agent = options.boolean("agent");
    return target;
}

} // namespace

Settings::Settings(const HostContext& context)
    : target(target_of(context))
    , shell(checked_shell(context.options().text("shell")))
    , keepalive(context.options().duration("keepalive")) {}

} // namespace otto::unix_driver
