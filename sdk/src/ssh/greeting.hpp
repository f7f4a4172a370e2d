// What a server says before encryption, for telling people why no connection came about. Sans-I/O.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace otto::sdk {

// The name lists of an SSH_MSG_KEXINIT (RFC 4253, section 7.1) that decide whether two sides can talk.
struct SshProposal {
    std::string key_exchange;
    std::string host_keys;
    std::string ciphers; // client to server, as the next
    std::string macs;
};

struct SshGreeting {
    std::string version;    // "SSH-2.0-OpenSSH_9.2p1"; empty if none came
    std::string first_line; // what came instead, cut to 80 bytes
    std::optional<SshProposal> proposal;
};

// Reads the first bytes that a server sent. Never throws; what is missing or malformed is left out.
SshGreeting parse_greeting(std::string_view bytes);

// The first kind of algorithm in which the two share no name: "no common cipher: the server offers X, otto
// Y". Empty if they share all.
std::string explain_mismatch(const SshProposal& server, const SshProposal& client);

} // namespace otto::sdk
