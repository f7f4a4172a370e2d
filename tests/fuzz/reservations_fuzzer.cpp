// The JSON reservation file.
#include "fuzz.hpp"
#include "reservation/json_reservations.hpp"
#include "reservation/rfc3339.hpp"

#include <otto/error.hpp>

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    otto::parse_rfc3339(as_text(data, size));
    try {
        otto::parse_reservations(as_text(data, size));
    } catch (const otto::Error&) {
        // a fault of the file, with a reason
    }
    return 0;
}
