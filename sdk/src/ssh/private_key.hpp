// A private key that signs, parsed once. libssh2 could read key files by itself, but does it anew for every
// connection, which costs more than the rest of a login.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace otto::sdk {

class PrivateKey {
  public:
    ~PrivateKey();
    PrivateKey(const PrivateKey&) = delete;
    PrivateKey& operator=(const PrivateKey&) = delete;

    // PEM (also PKCS#8) and unencrypted OpenSSH files; ed25519, ecdsa and rsa. Throws Error(authentication)
    // with the reason alone ("the passphrase is wrong"). Null for an encrypted OpenSSH file, whose key
    // derivation only libssh2 has.
    static std::shared_ptr<const PrivateKey> parse(std::string_view text,
                                                   const std::optional<std::string>& passphrase);

    // "ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"
    [[nodiscard]] const std::string& type() const noexcept { return type_; }
    // The public key (RFC 4253, section 6.6).
    [[nodiscard]] const std::string& blob() const noexcept { return blob_; }
    // The signature without its algorithm name. `algorithm` matters for rsa only: "ssh-rsa", "rsa-sha2-256".
    // Any thread. Throws Error(authentication).
    [[nodiscard]] std::string sign(std::string_view algorithm, std::string_view data) const;

  private:
    struct Parts;
    explicit PrivateKey(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
    std::string type_;
    std::string blob_;
};

// True if the text is an encrypted key, PEM or OpenSSH.
bool is_encrypted_key(std::string_view text);

// The blob with its key type replaced: how an RSA key is offered under "rsa-sha2-256". libssh2 1.10 takes the
// algorithm's name from there, and OpenSSH accepts it in that place.
std::string renamed_blob(std::string_view blob, std::string_view algorithm);

} // namespace otto::sdk
