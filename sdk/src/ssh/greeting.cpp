#include "greeting.hpp"

#include <array>
#include <cstdint>

namespace otto::sdk {

namespace {

constexpr char kex_init = 20;
constexpr std::size_t cookie_size = 16;

// Takes a big-endian number off the front; nothing if the bytes are too few.
std::optional<std::uint32_t> take_number(std::string_view& bytes) {
    if (bytes.size() < 4) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    bytes.remove_prefix(4);
    return value;
}

std::optional<std::string> take_name_list(std::string_view& bytes) {
    const auto size = take_number(bytes);
    if (!size || *size > bytes.size()) return std::nullopt;
    std::string list(bytes.substr(0, *size));
    bytes.remove_prefix(*size);
    return list;
}

// packet_length, padding_length, message, cookie, name lists (RFC 4253, sections 6 and 7.1)
std::optional<SshProposal> parse_proposal(std::string_view bytes) {
    if (!take_number(bytes) || bytes.size() < 2 + cookie_size || bytes[1] != kex_init) return std::nullopt;
    bytes.remove_prefix(2 + cookie_size);
    std::array<std::string, 6> lists; // kex, host key, cipher out, cipher in, mac out, mac in
    for (auto& list : lists) {
        auto taken = take_name_list(bytes);
        if (!taken) return std::nullopt;
        list = std::move(*taken);
    }
    return SshProposal{lists[0], lists[1], lists[2], lists[4]};
}

bool contains(std::string_view list, std::string_view name) {
    while (!list.empty()) {
        const auto comma = list.find(',');
        if (list.substr(0, comma) == name) return true;
        if (comma == std::string_view::npos) break;
        list.remove_prefix(comma + 1);
    }
    return false;
}

bool share_a_name(std::string_view ours, std::string_view theirs) {
    while (!ours.empty()) {
        const auto comma = ours.find(',');
        if (contains(theirs, ours.substr(0, comma))) return true;
        if (comma == std::string_view::npos) break;
        ours.remove_prefix(comma + 1);
    }
    return false;
}

} // namespace

SshGreeting parse_greeting(std::string_view bytes) {
    SshGreeting greeting;
    // A server may send other lines before its version (RFC 4253, section 4.2).
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        auto line = bytes.substr(0, end);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
        if (line.substr(0, 4) == "SSH-") {
            greeting.version = std::string(line);
            greeting.proposal = parse_proposal(bytes);
            break;
        }
        if (greeting.first_line.empty()) greeting.first_line = std::string(line.substr(0, 80));
    }
    return greeting;
}

std::string explain_mismatch(const SshProposal& server, const SshProposal& client) {
    struct Kind {
        const char* name;
        std::string SshProposal::*list;
    };
    static constexpr std::array<Kind, 4> kinds = {{{"key exchange", &SshProposal::key_exchange},
                                                   {"host key type", &SshProposal::host_keys},
                                                   {"cipher", &SshProposal::ciphers},
                                                   {"MAC", &SshProposal::macs}}};
    for (const auto& kind : kinds) {
        const auto& theirs = server.*kind.list;
        const auto& ours = client.*kind.list;
        if (share_a_name(ours, theirs)) continue;
        return std::string("no common ") + kind.name + ": the server offers " + theirs + ", otto " + ours;
    }
    return {};
}

} // namespace otto::sdk
