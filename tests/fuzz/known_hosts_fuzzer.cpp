// Any bytes may stand in a known_hosts file.
#include <otto/sdk/ssh/known_hosts.hpp>

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const otto::sdk::KnownHosts hosts(std::string_view(reinterpret_cast<const char*>(data), size));
    for (const auto& entry : hosts.entries()) {
        const auto verdict = hosts.check("web07", 22, entry.key);
        if (verdict.describe("web07", 22, entry.key, "kh").empty()) __builtin_trap();
        const auto line = otto::sdk::known_hosts_line("web07", 2222, entry.key);
        if (otto::sdk::KnownHosts(line).lookup("web07", 2222).size() != 1) __builtin_trap();
    }
    (void)hosts.key_types("web07", 22);
    return 0;
}
