#include "lab/host_pattern.hpp"

#include <otto/error.hpp>

#include <algorithm>

namespace otto {
namespace {

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

// The comma that ends the first term, or npos.
std::size_t end_of_term(std::string_view text) {
    bool inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '[' || text[i] == ']')
            inside = text[i] == '[';
        else if (text[i] == ',' && !inside)
            return i;
    }
    return std::string_view::npos;
}

} // namespace

std::vector<PatternTerm> parse_pattern(std::string_view pattern) {
    std::vector<PatternTerm> terms;
    for (std::string_view rest = pattern;;) {
        const std::size_t end = end_of_term(rest);
        std::string_view text = trimmed(rest.substr(0, end));
        PatternTerm term;
        term.taken_away = text.starts_with('!');
        text.remove_prefix(term.taken_away ? 1 : 0);
        term.label = text.starts_with('@');
        text.remove_prefix(term.label ? 1 : 0);
        if (text.empty())
            throw Error(Errc::usage, "pattern '" + std::string(pattern) + "' has an empty term")
                .advice("terms are an id, a glob, a range, @group or @tag, and !term takes away");
        term.text = text;
        terms.push_back(std::move(term));
        if (end == std::string_view::npos) return terms;
        rest.remove_prefix(end + 1);
    }
}

bool glob_match(std::string_view glob, std::string_view text) noexcept {
    std::size_t g = 0, t = 0;
    std::size_t star = std::string_view::npos, resume = 0; // the last star, and where its text may end
    while (t < text.size()) {
        if (g < glob.size() && glob[g] == '*') {
            star = g++;
            resume = t;
        } else if (g < glob.size() && (glob[g] == '?' || glob[g] == text[t])) {
            ++g;
            ++t;
        } else if (star != std::string_view::npos) {
            g = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    return glob.find_first_not_of('*', g) == std::string_view::npos;
}

} // namespace otto
