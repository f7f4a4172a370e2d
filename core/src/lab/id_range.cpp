#include "lab/id_range.hpp"

#include "lab/option_text.hpp"

#include <otto/error.hpp>

#include <algorithm>
#include <string>

namespace otto {
namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view id_characters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

std::string quoted(std::string_view text) {
    return "'" + std::string(text) + "'";
}

[[noreturn]] void too_many() {
    throw Error(Errc::lab, "more than 100,000 hosts in one range");
}

std::size_t parse_count(std::string_view text) {
    constexpr std::size_t most_digits = 9;
    if (text.empty() || text.find_first_not_of(digits) != std::string_view::npos || text.size() > most_digits)
        throw Error(Errc::lab, quoted(text) + " is no number of a range: write [1-40] or [1,3-5]");
    return static_cast<std::size_t>(*parse_integer(text));
}

} // namespace

IdRange::IdRange(std::string_view text, std::string_view also_allowed) {
    std::string_view rest = text;
    for (;;) {
        const std::size_t open = rest.find('[');
        const std::string_view literal = rest.substr(0, open);
        check_literal(literal, also_allowed);
        literals_.emplace_back(literal);
        if (open == std::string_view::npos) break;
        const std::size_t close = rest.find(']', open);
        if (close == std::string_view::npos) throw Error(Errc::lab, quoted(text) + ": '[' without ']'");
        ranges_.push_back(parse_range(rest.substr(open + 1, close - open - 1)));
        size_ *= ranges_.back().count;
        if (size_ > most_ids) too_many();
        rest = rest.substr(close + 1);
    }
    if (ranges_.empty() && also_allowed.empty()) check_id(text);
}

void IdRange::check_literal(std::string_view text, std::string_view also_allowed) const {
    const auto bad = std::find_if(text.begin(), text.end(), [&](char c) {
        return id_characters.find(c) == std::string_view::npos &&
               also_allowed.find(c) == std::string_view::npos;
    });
    if (bad != text.end())
        throw Error(Errc::lab, "a host id is made of letters, digits and . _ -, not of " + quoted(text));
}

IdRange::Run IdRange::parse_run(std::string_view text) {
    const std::size_t dash = text.find('-');
    const std::string_view low = text.substr(0, dash);
    const std::string_view high = dash == std::string_view::npos ? low : text.substr(dash + 1);
    const std::size_t first = parse_count(low);
    const std::size_t last = parse_count(high);
    if (last < first) throw Error(Errc::lab, "range [" + std::string(text) + "] runs backwards");
    const bool padded = low.size() > 1 && low.front() == '0';
    if ((padded && high.size() < low.size()) || (!padded && high.size() > 1 && high.front() == '0'))
        throw Error(Errc::lab, "the ends of range [" + std::string(text) + "] differ in their leading zeros");
    return {first, last - first + 1, padded ? low.size() : 0};
}

IdRange::Range IdRange::parse_range(std::string_view text) {
    Range range;
    for (;;) {
        const std::size_t comma = text.find(',');
        range.runs.push_back(parse_run(text.substr(0, comma)));
        range.count += range.runs.back().count;
        if (range.count > most_ids) too_many();
        if (comma == std::string_view::npos) return range;
        text = text.substr(comma + 1);
    }
}

IdRange::Id IdRange::operator[](std::size_t index) const {
    Id id;
    id.numbers.resize(ranges_.size());
    for (std::size_t i = ranges_.size(); i-- > 0;) {
        std::size_t at = index % ranges_[i].count;
        index /= ranges_[i].count;
        auto run = ranges_[i].runs.begin();
        for (; at >= run->count; ++run)
            at -= run->count;
        std::string number = std::to_string(run->first + at);
        if (number.size() < run->width) number.insert(0, run->width - number.size(), '0');
        id.numbers[i] = std::move(number);
    }
    id.text = literals_.front();
    for (std::size_t i = 0; i < ranges_.size(); ++i)
        id.text += id.numbers[i] + literals_[i + 1];
    return id;
}

std::string expand_placeholders(std::string_view text, const std::vector<std::string>& numbers) {
    std::string out;
    for (;;) {
        const std::size_t open = text.find('{');
        out += text.substr(0, open);
        if (open == std::string_view::npos) return out;
        text = text.substr(open);
        const std::size_t end = text.find_first_not_of(digits, 1);
        const std::string_view number = text.substr(1, end == std::string_view::npos ? end : end - 1);
        const std::string_view tail = end == std::string_view::npos ? std::string_view() : text.substr(end);
        const bool stripped = tail.substr(0, 3) == ":d}";
        if (number.empty() || (!stripped && tail.substr(0, 1) != "}")) {
            out += '{';
            text = text.substr(1);
            continue;
        }
        const auto which = parse_integer(number);
        if (!which || *which < 1 || static_cast<std::size_t>(*which) > numbers.size())
            throw Error(Errc::lab, "there is no range number " + std::string(number) +
                                       " in the host's id for '{" + std::string(number) +
                                       "}'; text that is no placeholder belongs into a group");
        std::string_view value = numbers[static_cast<std::size_t>(*which) - 1];
        if (stripped) value = value.substr(std::min(value.find_first_not_of('0'), value.size() - 1));
        out += value;
        text = tail.substr(stripped ? 3 : 1);
    }
}

void check_id(std::string_view text) {
    if (text.empty() || text.find_first_not_of(id_characters) != std::string_view::npos || text == "." ||
        text == "..")
        throw Error(Errc::lab, "a host id is made of letters, digits and . _ -, not of " + quoted(text));
}

} // namespace otto
