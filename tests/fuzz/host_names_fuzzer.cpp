// Host ids with ranges, placeholders and patterns, from lab files and command lines.
#include "fuzz.hpp"
#include "lab/host_pattern.hpp"
#include "lab/id_range.hpp"

#include <otto/error.hpp>

namespace {

void expand(std::string_view text) {
    const otto::IdRange range(text);
    must(range.size() > 0 && range.size() <= otto::IdRange::most_ids);
    const otto::IdRange::Id last = range[range.size() - 1];
    must(last.numbers.empty() != range.has_range());
    otto::check_id(last.text);
    otto::expand_placeholders(text, last.numbers);
}

void select(std::string_view text) {
    for (const auto& term : otto::parse_pattern(text)) {
        must(!term.text.empty());
        otto::glob_match(term.text, "web01");
        must(term.text.find_first_of("?*") != std::string::npos || otto::glob_match(term.text, term.text));
    }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    for (const auto use : {expand, select}) {
        try {
            use(as_text(data, size));
        } catch (const otto::Error&) {
            // a fault of the text, with a reason
        }
    }
    return 0;
}
