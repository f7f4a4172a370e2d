// The JSON reservation file and its times: a list comes out, or Error(reservation).
#include <otto/error.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <reservation/json_reservations.hpp>
#include <reservation/rfc3339.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)otto::parse_rfc3339(text);
    try {
        for (const auto& reservation : otto::parse_reservations(text))
            if (reservation.user.empty()) std::abort();
    } catch (const otto::Error& error) {
        if (error.code() != otto::Errc::reservation) std::abort();
    }
    return 0;
}
