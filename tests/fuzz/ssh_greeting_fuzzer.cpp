// The first bytes of a server: identification line and KEXINIT (RFC 4253, sections 4.2 and 7.1).
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ssh/greeting.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto greeting = otto::sdk::parse_greeting({reinterpret_cast<const char*>(data), size});
    if (greeting.first_line.size() > 80) std::abort();
    if (greeting.proposal) (void)otto::sdk::explain_mismatch(*greeting.proposal, *greeting.proposal);
    return 0;
}
