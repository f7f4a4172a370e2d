#include "host_key_check.hpp"

#include "handshake.hpp"
#include "known_hosts_file.hpp"

#include <otto/error.hpp>

#include <algorithm>
#include <utility>

namespace otto::sdk {

namespace {

constexpr std::string_view fingerprint_prefix = "SHA256:";

// "SHA256:..." as it is; "ssh-ed25519 AAAA... comment" without the comment.
std::string pin_of(const std::string& text) {
    const auto first = text.find(' ');
    return first == std::string::npos ? text : text.substr(0, text.find(' ', first + 1));
}

HostKey presented_key(SshSession& session) {
    std::size_t size = 0;
    int type = 0;
    const char* bytes = libssh2_session_hostkey(session.raw(), &size, &type);
    if (!bytes) throw Error(Errc::protocol, session.peer() + " presented no host key");
    return HostKey(std::string(bytes, size));
}

} // namespace

HostKeyCheck::HostKeyCheck(const SshTarget& target, SshServices& services)
    : target_(target)
    , services_(services) {
    const bool needed = target_.host_key.empty() && target_.host_key_policy != HostKeyPolicy::off;
    known_ = needed ? read_known_hosts(target_.known_hosts) : std::make_shared<const KnownHosts>();
}

std::vector<std::string> HostKeyCheck::preferred_types() const {
    auto wanted = known_->key_types(target_.host, target_.port);
    if (!target_.host_key.empty()) wanted.push_back(target_.host_key.substr(0, target_.host_key.find(' ')));
    auto types = supported_host_key_types();
    std::stable_partition(types.begin(), types.end(), [&wanted](const std::string& type) {
        return std::find(wanted.begin(), wanted.end(), type) != wanted.end();
    });
    return types;
}

task<> HostKeyCheck::check(SshSessionPtr session) {
    const auto presented = presented_key(*session);
    if (!target_.host_key.empty()) {
        check_pin(presented);
        co_return;
    }
    if (target_.host_key_policy == HostKeyPolicy::off) co_return;

    const auto verdict = known_->check(target_.host, target_.port, presented);
    if (verdict.kind() == HostKeyVerdict::Kind::match) co_return;
    const auto text = verdict.describe(target_.host, target_.port, presented, target_.known_hosts);
    if (verdict.kind() != HostKeyVerdict::Kind::unknown) {
        throw Error(Errc::host_key, text)
            .advice("if the host was reinstalled, remove the old line: ssh-keygen -R '" +
                    known_hosts_name(target_.host, target_.port) + "' -f " + target_.known_hosts);
    }
    if (target_.host_key_policy == HostKeyPolicy::strict) {
        throw Error(Errc::host_key, text)
            .advice("verify the fingerprint and add the key to " + target_.known_hosts);
    }
    co_await add(presented);
}

void HostKeyCheck::check_pin(const HostKey& presented) const {
    const auto pin = pin_of(target_.host_key);
    const bool by_fingerprint = pin.substr(0, fingerprint_prefix.size()) == fingerprint_prefix;
    std::string line = known_hosts_line(target_.host, target_.port, presented); // "name type base64\n"
    line = line.substr(line.find(' ') + 1);
    line.pop_back();
    if (by_fingerprint ? presented.fingerprint() == pin : line == pin) return;
    throw Error(Errc::host_key, "the host key of " + known_hosts_name(target_.host, target_.port) + " is " +
                                    presented.type() + " " + presented.fingerprint() + ", not the pinned " +
                                    pin)
        .advice("see the option host_key");
}

task<> HostKeyCheck::add(HostKey presented) {
    auto result = std::make_shared<bool>(false);
    std::function<void()> work = [result, presented, host = target_.host, port = target_.port,
                                  path = target_.known_hosts] {
        *result = append_known_host(path, host, port, presented);
    };
    co_await services_.blocking(std::move(work));
    if (!*result) co_return;
    services_.emit(Event(EventKind::host_key_added, known_hosts_name(target_.host, target_.port) + ": " +
                                                        presented.type() + " " + presented.fingerprint() +
                                                        " was added to " + target_.known_hosts));
}

} // namespace otto::sdk
