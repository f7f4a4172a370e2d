// Patterns that select hosts, apart from the lab: terms and how they match. Sans I/O.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace otto {

struct PatternTerm {
    bool taken_away = false; // !term
    bool label = false;      // @group or @tag
    std::string text;        // without ! and @
};

// Commas inside brackets do not separate. Throws Error(usage) for an empty term.
std::vector<PatternTerm> parse_pattern(std::string_view pattern);

// `*` any characters, `?` one; the whole text. Linear in practice, never exponential.
bool glob_match(std::string_view glob, std::string_view text) noexcept;

} // namespace otto
