// Private keys in OpenSSH's own format (PROTOCOL.key of OpenSSH).
#include <otto/error.hpp>

#include <cstddef>
#include <cstdint>
#include <ssh/openssh_key.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (!otto::sdk::is_openssh_key(text)) return 0;
    try {
        (void)otto::sdk::is_encrypted_openssh_key(text);
        (void)otto::sdk::parse_openssh_key(text);
    } catch (const otto::Error&) {
        // It says why, which is all that is asked.
    }
    return 0;
}
