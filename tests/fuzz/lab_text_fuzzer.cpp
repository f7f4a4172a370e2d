// The small languages of a lab: ranges in ids, placeholders, patterns, time spans, sizes, numbers.
#include <otto/option.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <lab/host_pattern.hpp>
#include <lab/id_range.hpp>
#include <lab/option_text.hpp>

namespace {

void ranges(std::string_view text) {
    try {
        const otto::IdRange range(text);
        if (range.size() == 0 || range.size() > otto::IdRange::most_ids) std::abort();
        const auto last = range[range.size() - 1];
        (void)otto::expand_placeholders(text, last.numbers);
        for (const auto& number : last.numbers)
            if (number.empty()) std::abort();
    } catch (const otto::Error&) {
    }
}

void patterns(std::string_view text) {
    try {
        for (const auto& term : otto::parse_pattern(text))
            if (term.text.empty()) std::abort();
    } catch (const otto::Error&) {
    }
    const auto half = text.size() / 2;
    (void)otto::glob_match(text.substr(0, half), text.substr(half));
    if (!otto::glob_match("*", text)) std::abort();
}

void numbers(std::string_view text) {
    const auto span = otto::parse_duration(text);
    if (span && (span->count() < 0 || otto::parse_duration(otto::format_duration(*span)) != span))
        std::abort();
    const auto number = otto::parse_number(text);
    if (number && !std::isfinite(*number)) std::abort();
    (void)otto::parse_size(text);
    (void)otto::parse_integer(text);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 3) {
    case 0:
        ranges(text);
        break;
    case 1:
        patterns(text);
        break;
    default:
        numbers(text);
    }
    return 0;
}
