// known_hosts files as OpenSSH reads them (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). No I/O: the caller reads
// the file, asks before authentication, and appends the line that known_hosts_line gives it. libssh2's own
// matcher compares names with strcmp and does not honour @revoked, so it is not used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace otto::sdk {

// A public host key. The type is the first string of the blob (RFC 4253, section 6.6), so the two always
// agree.
class HostKey {
  public:
    // Throws Error(protocol) for bytes that are no key blob.
    explicit HostKey(std::string blob);

    [[nodiscard]] const std::string& type() const noexcept { return type_; } // "ssh-ed25519"
    [[nodiscard]] const std::string& blob() const noexcept { return blob_; }
    // "SHA256:..." as ssh-keygen -l shows it.
    [[nodiscard]] std::string fingerprint() const;

    friend bool operator==(const HostKey& a, const HostKey& b) noexcept { return a.blob_ == b.blob_; }

  private:
    std::string type_;
    std::string blob_;
};

struct KnownHost {
    enum class Marker { none, revoked, cert_authority };

    std::size_t line; // from 1
    Marker marker;
    std::string names; // the field as written: patterns, or one hashed name
    HostKey key;
};

// A line that could not be used; it counts as absent, as for OpenSSH.
struct KnownHostsFault {
    std::size_t line;
    std::string reason;
};

class HostKeyVerdict {
  public:
    enum class Kind {
        match,
        unknown, // no plain key is known for the host
        changed, // keys are known, but not this one; of which type does not matter, as for OpenSSH
        revoked, // the key itself is marked @revoked for this host
    };

    HostKeyVerdict(Kind kind, std::vector<KnownHost> entries, bool cert_authority)
        : kind_(kind)
        , entries_(std::move(entries))
        , cert_authority_(cert_authority) {}

    [[nodiscard]] Kind kind() const noexcept { return kind_; }
    // The entries that decided: the one that matched or revoked, or every other key known for the host.
    [[nodiscard]] const std::vector<KnownHost>& entries() const noexcept { return entries_; }
    // A @cert-authority line covers the host. Host certificates are not supported: the line proves nothing
    // here.
    [[nodiscard]] bool has_cert_authority() const noexcept { return cert_authority_; }
    // One sentence for an error or event, with the presented and the stored fingerprints and their lines.
    [[nodiscard]] std::string describe(std::string_view host, std::uint16_t port, const HostKey& presented,
                                       std::string_view file) const;

  private:
    Kind kind_;
    std::vector<KnownHost> entries_;
    bool cert_authority_;
};

class KnownHosts {
  public:
    KnownHosts() = default; // as an empty or missing file
    explicit KnownHosts(std::string_view text);

    [[nodiscard]] const std::vector<KnownHost>& entries() const noexcept { return entries_; }
    [[nodiscard]] const std::vector<KnownHostsFault>& faults() const noexcept { return faults_; }

    // Every entry for the host in file order, markers included. Port 22 goes by the plain name, others by
    // "[host]:port" alone. `host` is the name or address as the user gave it; case does not matter.
    [[nodiscard]] std::vector<KnownHost> lookup(std::string_view host, std::uint16_t port) const;
    [[nodiscard]] HostKeyVerdict check(std::string_view host, std::uint16_t port,
                                       const HostKey& presented) const;
    // Types of the plain keys known for the host, in file order, each once: to be offered first in the key
    // exchange, or a host that has several keys would present one that the file does not know.
    [[nodiscard]] std::vector<std::string> key_types(std::string_view host, std::uint16_t port) const;

  private:
    void parse_line(std::string_view line, std::size_t number);

    std::vector<KnownHost> entries_;
    std::vector<KnownHostsFault> faults_;
};

// "name" or "[name]:port", in lower case: what a known_hosts line is looked up by.
std::string known_hosts_name(std::string_view host, std::uint16_t port);
// The line to append, with its newline. Throws Error(usage) if the name would be read as a pattern or as two
// fields.
std::string known_hosts_line(std::string_view host, std::uint16_t port, const HostKey& key);

} // namespace otto::sdk
