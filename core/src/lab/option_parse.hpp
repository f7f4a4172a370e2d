// Reads option values against a row of a driver's table. Sans I/O, but for "~".
#pragma once

#include <otto/option.hpp>

#include <string>
#include <string_view>

namespace otto {

// What the row allows, for messages: "a number from 1 to 65535", "strict, accept-new or off".
std::string expected_value(const OptionSpec& spec);

// As the public parse_option; relative paths are put below `base`.
OptionValue parse_option_in(const OptionSpec& spec, std::string_view text, const std::string& base);

// The texts of `a|b|c`.
std::vector<std::string_view> choices_of(const char* range);

// The two ends of "1..65535"; an end that is left out is empty.
struct RangeEnds {
    std::string_view low;
    std::string_view high;
};
RangeEnds range_ends(const char* range);

} // namespace otto
