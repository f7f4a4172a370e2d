// The "openssh-key-v1" private key format (OpenSSH's PROTOCOL.key). Sans-I/O.
#pragma once

#include "openssl.hpp"

#include <string_view>

namespace otto::sdk {

bool is_openssh_key(std::string_view text);
bool is_encrypted_openssh_key(std::string_view text);
// The key of an unencrypted file. Throws Error(authentication) with the reason alone.
EvpKeyPtr parse_openssh_key(std::string_view text);

} // namespace otto::sdk
