// Time stamps of RFC 3339, section 5.6: "2026-11-22T18:00:00Z", "2026-11-22T19:00:00.5+01:00". Sans I/O.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace otto {

// Fractions are cut off; a leap second counts as the second behind it. nullopt for anything else.
std::optional<std::chrono::sys_seconds> parse_rfc3339(std::string_view text) noexcept;

} // namespace otto
