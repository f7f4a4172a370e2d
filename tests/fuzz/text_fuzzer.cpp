// Output of a host as text: always valid UTF-8, and lossless where the bytes were.
#include "fuzz.hpp"

#include <otto/event.hpp>
#include <otto/result.hpp>

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text(data, size);
    const std::string decoded = otto::decode_text(bytes, false);
    must(otto::is_utf8(decoded));
    must(otto::is_utf8(bytes) == (decoded == bytes));
    must(otto::decode_text(bytes, true).size() <= decoded.size());
    for (const char c : otto::escape_controls(bytes))
        must(c == '\t' || static_cast<unsigned char>(c) >= 0x20);
    return 0;
}
