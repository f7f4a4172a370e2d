// Private keys on disk. Blocking.
#pragma once

#include "private_key.hpp"

#include <memory>
#include <optional>
#include <string>

namespace otto::sdk {

class KeyFile {
  public:
    KeyFile(std::string text, std::shared_ptr<const PrivateKey> key)
        : text_(std::move(text))
        , key_(std::move(key)) {}
    // Null for an encrypted OpenSSH file, which libssh2 has to read.
    [[nodiscard]] const std::shared_ptr<const PrivateKey>& key() const noexcept { return key_; }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] bool encrypted() const { return is_encrypted_key(text_); }

  private:
    std::string text_;
    std::shared_ptr<const PrivateKey> key_;
};

// Read and parsed once per version of the file: a fleet logs in hundreds of times with one key. Encrypted
// files are not kept. Throws Error(authentication) with the reason alone. Any thread.
std::shared_ptr<const KeyFile> read_key_file(const std::string& path,
                                             const std::optional<std::string>& passphrase);

} // namespace otto::sdk
