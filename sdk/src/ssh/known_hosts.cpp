#include <otto/error.hpp>
#include <otto/sdk/ssh/known_hosts.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace otto::sdk {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view hash_magic = "|1|";

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::optional<std::string> from_base64(std::string_view text) {
    constexpr std::size_t longest = 64 * 1024; // OpenSSH's largest key is a quarter of it
    if (text.empty() || text.size() % 4 != 0 || text.size() > longest) return std::nullopt;
    std::size_t padding =
        text.size() - std::min(text.find('='), text.size()); // OpenSSL takes '=' anywhere, as zero
    if (padding > 2 || (padding == 2 && text.back() != '=')) return std::nullopt;
    std::string out(text.size() / 4 * 3, '\0');
    int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes(text),
                               static_cast<int>(text.size()));
    if (size < 0 || static_cast<std::size_t>(size) != out.size()) return std::nullopt;
    out.resize(out.size() - padding);
    return out;
}

std::string to_base64(std::string_view data) {
    std::string out((data.size() + 2) / 3 * 4 + 1, '\0');
    int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes(data),
                               static_cast<int>(data.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

// The first string of a key blob, or empty.
std::string_view blob_type(std::string_view blob) {
    if (blob.size() < 4) return {};
    const unsigned char* p = bytes(blob);
    std::size_t size =
        std::size_t{p[0]} << 24 | std::size_t{p[1]} << 16 | std::size_t{p[2]} << 8 | std::size_t{p[3]};
    if (size == 0 || size > 64 || size >= blob.size() - 4) return {};
    std::string_view type = blob.substr(4, size);
    bool printable = std::all_of(type.begin(), type.end(), [](char c) { return c > ' ' && c < '\x7f'; });
    return printable ? type : std::string_view();
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// `*` and `?` only, as OpenSSH's match_pattern; linear in the text for each star, no recursion.
bool glob_matches(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || lower(pattern[p]) == text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

// A comma list; one negated pattern that matches takes the whole line away.
bool list_matches(std::string_view list, std::string_view name) {
    bool found = false;
    while (!list.empty()) {
        std::size_t end = std::min(list.find(','), list.size());
        std::string_view pattern = list.substr(0, end);
        list.remove_prefix(std::min(end + 1, list.size()));
        bool negated = pattern.starts_with('!');
        if (negated) pattern.remove_prefix(1);
        if (!glob_matches(pattern, name)) continue;
        if (negated) return false;
        found = true;
    }
    return found;
}

// "|1|salt|hash": the hash is the HMAC-SHA1 of the name, keyed with the salt.
struct HashedName {
    std::string salt;
    std::string hash;

    bool parse(std::string_view names) {
        if (!names.starts_with(hash_magic)) return false;
        names.remove_prefix(hash_magic.size());
        std::size_t bar = std::min(names.find('|'), names.size());
        salt = from_base64(names.substr(0, bar)).value_or("");
        hash = from_base64(names.substr(std::min(bar + 1, names.size()))).value_or("");
        return salt.size() == SHA_DIGEST_LENGTH && hash.size() == SHA_DIGEST_LENGTH;
    }

    [[nodiscard]] bool matches(std::string_view name) const {
        std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
        HMAC(EVP_sha1(), salt.data(), SHA_DIGEST_LENGTH, bytes(name), name.size(), digest.data(), nullptr);
        return std::equal(digest.begin(), digest.end(), bytes(hash));
    }
};

bool names_match(std::string_view names, std::string_view name) {
    if (!names.starts_with('|')) return list_matches(names, name);
    HashedName hashed;
    return hashed.parse(names) && hashed.matches(name);
}

std::string_view next_field(std::string_view& line) {
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    std::string_view field = line.substr(0, std::min(line.find_first_of(blanks), line.size()));
    line.remove_prefix(field.size());
    return field;
}

std::string stored_keys(const std::vector<KnownHost>& entries, std::string_view file) {
    std::string text;
    for (const KnownHost& entry : entries) {
        if (!text.empty()) text += ", ";
        text += entry.key.type() + ' ' + entry.key.fingerprint() + " (" + std::string(file) + ':' +
                std::to_string(entry.line) + ')';
    }
    return text;
}

} // namespace

HostKey::HostKey(std::string blob)
    : type_(blob_type(blob))
    , blob_(std::move(blob)) {
    if (type_.empty()) throw Error(Errc::protocol, "the host key is malformed");
}

std::string HostKey::fingerprint() const {
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(bytes(blob_), blob_.size(), reinterpret_cast<unsigned char*>(digest.data()));
    std::string text = to_base64(digest);
    while (text.ends_with('='))
        text.pop_back();
    return "SHA256:" + text;
}

std::string HostKeyVerdict::describe(std::string_view host, std::uint16_t port, const HostKey& presented,
                                     std::string_view file) const {
    std::string name = known_hosts_name(host, port);
    std::string shown = presented.type() + ' ' + presented.fingerprint();
    std::string text;
    switch (kind_) {
    case Kind::match:
        text = "the host key " + shown + " of " + name + " is known";
        break;
    case Kind::unknown:
        text = "the host key " + shown + " of " + name + " is not known in " + std::string(file);
        break;
    case Kind::changed:
        text = "the host key of " + name + " has changed: it presents " + shown + ", known is " +
               stored_keys(entries_, file);
        break;
    case Kind::revoked:
        text = "the host key of " + name + " is revoked: " + stored_keys(entries_, file);
        break;
    }
    if (cert_authority_ && kind_ != Kind::match)
        text += "; its @cert-authority line does not count, since host certificates are not supported";
    return text;
}

KnownHosts::KnownHosts(std::string_view text) {
    for (std::size_t number = 1; !text.empty(); ++number) {
        std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        parse_line(line, number);
    }
}

void KnownHosts::parse_line(std::string_view line, std::size_t number) {
    auto fault = [&](std::string reason) { faults_.push_back({number, std::move(reason)}); };
    std::string_view first = next_field(line);
    if (first.empty() || first.starts_with('#')) return;

    auto marker = KnownHost::Marker::none;
    if (first == "@revoked") {
        marker = KnownHost::Marker::revoked;
    } else if (first == "@cert-authority") {
        marker = KnownHost::Marker::cert_authority;
    } else if (first.starts_with('@')) {
        return fault("unknown marker '" + std::string(first) + "'");
    }
    std::string_view names = marker == KnownHost::Marker::none ? first : next_field(line);
    std::string_view type = next_field(line);
    std::string_view key = next_field(line);
    if (key.empty()) return fault("the line ends before the key");
    if (names.starts_with('|') && !HashedName().parse(names)) return fault("the hashed name is malformed");
    auto blob = from_base64(key);
    if (!blob || blob_type(*blob).empty()) return fault("the key is malformed");
    if (blob_type(*blob) != type) return fault("the key is not of the type '" + std::string(type) + "'");
    entries_.push_back({number, marker, std::string(names), HostKey(std::move(*blob))});
}

std::vector<KnownHost> KnownHosts::lookup(std::string_view host, std::uint16_t port) const {
    std::string name = known_hosts_name(host, port);
    std::vector<KnownHost> found;
    std::copy_if(entries_.begin(), entries_.end(), std::back_inserter(found),
                 [&](const KnownHost& entry) { return names_match(entry.names, name); });
    return found;
}

HostKeyVerdict KnownHosts::check(std::string_view host, std::uint16_t port, const HostKey& presented) const {
    using Marker = KnownHost::Marker;
    using Kind = HostKeyVerdict::Kind;
    std::vector<KnownHost> same;
    std::vector<KnownHost> other;
    bool authority = false;
    for (KnownHost& entry : lookup(host, port)) {
        if (entry.marker == Marker::cert_authority) {
            authority = true;
        } else if (entry.key == presented) {
            if (entry.marker == Marker::revoked)
                return HostKeyVerdict(Kind::revoked, {std::move(entry)}, authority);
            same.push_back(std::move(entry));
        } else if (entry.marker == Marker::none) {
            other.push_back(std::move(entry));
        }
    }
    if (!same.empty()) return HostKeyVerdict(Kind::match, std::move(same), authority);
    Kind kind = other.empty() ? Kind::unknown : Kind::changed;
    return HostKeyVerdict(kind, std::move(other), authority);
}

std::vector<std::string> KnownHosts::key_types(std::string_view host, std::uint16_t port) const {
    std::vector<std::string> types;
    for (const KnownHost& entry : lookup(host, port)) {
        if (entry.marker != KnownHost::Marker::none) continue;
        if (std::find(types.begin(), types.end(), entry.key.type()) == types.end())
            types.push_back(entry.key.type());
    }
    return types;
}

std::string known_hosts_name(std::string_view host, std::uint16_t port) {
    std::string name(host);
    std::transform(name.begin(), name.end(), name.begin(), lower);
    return port == 22 ? name : '[' + name + "]:" + std::to_string(port);
}

std::string known_hosts_line(std::string_view host, std::uint16_t port, const HostKey& key) {
    bool plain = !host.empty() && std::string_view("#@|!").find(host.front()) == std::string_view::npos &&
                 std::none_of(host.begin(), host.end(), [](char c) {
                     return static_cast<unsigned char>(c) <= ' ' ||
                            std::string_view(",*?").find(c) != std::string_view::npos;
                 });
    if (!plain)
        throw Error(Errc::usage, "'" + std::string(host) + "' cannot be written to a known_hosts file");
    return known_hosts_name(host, port) + ' ' + key.type() + ' ' + to_base64(key.blob()) + '\n';
}

} // namespace otto::sdk
