#include <otto/event.hpp>
#include <otto/result.hpp>

#include <cstdint>

namespace otto {
namespace {

// The length of the valid UTF-8 sequence at the start of `bytes`, or 0. The Unicode Standard 15, table 3-7:
// overlong forms, surrogates and values above U+10FFFF are invalid.
std::size_t utf8_length(std::string_view bytes) noexcept {
    const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
    const auto follows = [&](std::size_t i, std::uint8_t low = 0x80, std::uint8_t high = 0xbf) {
        return i < bytes.size() && at(i) >= low && at(i) <= high;
    };
    const std::uint8_t first = at(0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const std::uint8_t low = first == 0xe0 ? 0xa0 : 0x80;
        const std::uint8_t high = first == 0xed ? 0x9f : 0xbf;
        return follows(1, low, high) && follows(2) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const std::uint8_t low = first == 0xf0 ? 0x90 : 0x80;
        const std::uint8_t high = first == 0xf4 ? 0x8f : 0xbf;
        return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

// C0 but tab, DEL, and C1 (U+0080 to U+009F), among which terminals obey CSI and OSC.
bool is_control(std::string_view character) noexcept {
    const auto first = static_cast<std::uint8_t>(character[0]);
    if (first == 0xc2) return static_cast<std::uint8_t>(character[1]) < 0xa0;
    return (first < 0x20 && first != '\t') || first == 0x7f;
}

constexpr std::string_view replacement = "\xef\xbf\xbd"; // U+FFFD

} // namespace

bool is_utf8(std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const std::size_t n = utf8_length(bytes);
        if (n == 0) return false;
        bytes.remove_prefix(n);
    }
    return true;
}

std::string decode_text(std::string_view bytes, bool line_ends) {
    std::string text;
    text.reserve(bytes.size());
    while (!bytes.empty()) {
        if (line_ends && bytes.starts_with("\r\n")) {
            bytes.remove_prefix(1);
            continue;
        }
        const std::size_t n = utf8_length(bytes);
        text += n == 0 ? replacement : bytes.substr(0, n);
        bytes.remove_prefix(n == 0 ? 1 : n);
    }
    return text;
}

// Bytes that are no text are shown, too: what a terminal that is not UTF-8 would obey is among them.
std::string escape_controls(std::string_view text) {
    static constexpr char hex[] = "0123456789abcdef";
    std::string shown;
    shown.reserve(text.size());
    while (!text.empty()) {
        const std::size_t n = utf8_length(text);
        const std::string_view piece = text.substr(0, n == 0 ? 1 : n);
        text.remove_prefix(piece.size());
        if (n != 0 && !is_control(piece)) {
            shown += piece;
            continue;
        }
        for (const char c : piece) {
            const auto byte = static_cast<std::uint8_t>(c);
            shown += "\\x";
            shown += hex[byte >> 4];
            shown += hex[byte & 15];
        }
    }
    return shown;
}

} // namespace otto
