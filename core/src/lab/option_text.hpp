// Texts of option values as numbers: no locale, no NaN, no infinity, nothing left over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace otto {

std::optional<std::int64_t> parse_integer(std::string_view text) noexcept;
std::optional<double> parse_number(std::string_view text) noexcept; // "1", "-0.5", "2e3"; finite

// The path with "~" expanded and, if it is relative, put below `base`. Throws Error(lab) for "~" without
// HOME.
std::string absolute_path(std::string_view text, const std::string& base);

} // namespace otto
