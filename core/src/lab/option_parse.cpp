#include "lab/option_parse.hpp"

#include "lab/option_text.hpp"

#include <algorithm>

namespace otto {
namespace {

std::string_view noun(OptionKind kind, bool ranged) {
    switch (kind) {
    case OptionKind::boolean:
        return "true or false";
    case OptionKind::integer:
        return ranged ? "a number" : "a whole number";
    case OptionKind::number:
        return "a number";
    case OptionKind::duration:
        return ranged ? "a time span" : "a time span such as 250ms, 5s or 2m";
    case OptionKind::size:
        return ranged ? "a size" : "a size such as 4096, 64KiB or 16MiB";
    case OptionKind::path:
        return "a path";
    case OptionKind::string_list:
        return "a list of texts";
    case OptionKind::string_map:
        return "a mapping of texts";
    default:
        return "a text";
    }
}

std::string join_choices(const std::vector<std::string_view>& choices) {
    std::string text;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        if (i != 0) text += i + 1 == choices.size() ? " or " : ", ";
        text += choices[i];
    }
    return text;
}

[[noreturn]] void refuse(const OptionSpec& spec, std::string_view text) {
    throw Error(Errc::lab, "expected " + expected_value(spec) + ", not '" + std::string(text) + "'");
}

template <class T, class Parse>
T checked(const OptionSpec& spec, std::string_view text, Parse parse) {
    const auto value = parse(text);
    if (!value) refuse(spec, text);
    const auto [low, high] = range_ends(spec.range);
    const auto least = parse(low);
    const auto most = parse(high);
    if ((least && *value < *least) || (most && *value > *most)) refuse(spec, text);
    return *value;
}

std::map<std::string, std::string> parse_map(const OptionSpec& spec, std::string_view text) {
    std::map<std::string, std::string> map;
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        const std::string_view pair = text.substr(0, comma);
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos || equals == 0) refuse(spec, pair);
        map.insert_or_assign(std::string(pair.substr(0, equals)), std::string(pair.substr(equals + 1)));
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    }
    return map;
}

std::string parse_choice(const OptionSpec& spec, std::string_view text) {
    const auto choices = choices_of(spec.range);
    if (std::find(choices.begin(), choices.end(), text) == choices.end()) refuse(spec, text);
    return std::string(text);
}

} // namespace

std::vector<std::string_view> choices_of(const char* range) {
    std::vector<std::string_view> choices;
    std::string_view rest(range);
    while (!rest.empty()) {
        const std::size_t bar = rest.find('|');
        choices.push_back(rest.substr(0, bar));
        rest = bar == std::string_view::npos ? std::string_view() : rest.substr(bar + 1);
    }
    return choices;
}

RangeEnds range_ends(const char* range) {
    const std::string_view text(range);
    const std::size_t dots = text.find("..");
    if (dots == std::string_view::npos) return {};
    return {text.substr(0, dots), text.substr(dots + 2)};
}

std::string expected_value(const OptionSpec& spec) {
    if (spec.kind == OptionKind::choice) return join_choices(choices_of(spec.range));
    const auto [low, high] = range_ends(spec.range);
    std::string text(noun(spec.kind, !low.empty() || !high.empty()));
    if (!low.empty() && !high.empty())
        text += " from " + std::string(low) + " to " + std::string(high);
    else if (!low.empty())
        text += " of at least " + std::string(low);
    else if (!high.empty())
        text += " of at most " + std::string(high);
    return text;
}

OptionValue parse_option_in(const OptionSpec& spec, std::string_view text, const std::string& base) {
    switch (spec.kind) {
    case OptionKind::boolean:
        if (text != "true" && text != "false") refuse(spec, text);
        return text == "true";
    case OptionKind::integer:
        return checked<std::int64_t>(spec, text, parse_integer);
    case OptionKind::number:
        return checked<double>(spec, text, parse_number);
    case OptionKind::duration:
        return checked<Duration>(spec, text, parse_duration);
    case OptionKind::size:
        return static_cast<std::int64_t>(checked<std::uint64_t>(spec, text, parse_size));
    case OptionKind::string:
        return std::string(text);
    case OptionKind::secret:
        return Secret::literal(std::string(text));
    case OptionKind::choice:
        return parse_choice(spec, text);
    case OptionKind::path:
        if (text.empty() || text.find('\0') != std::string_view::npos) refuse(spec, text);
        return absolute_path(text, base);
    case OptionKind::string_list:
        return text.empty() ? std::vector<std::string>() : std::vector<std::string>(1, std::string(text));
    case OptionKind::string_map:
        return parse_map(spec, text);
    }
    throw Error(Errc::internal, "the driver's table has an option of an unknown kind");
}

OptionValue parse_option(const OptionSpec& spec, std::string_view text) {
    return parse_option_in(spec, text, std::string());
}

} // namespace otto
