#include <otto/option.hpp>

#include <algorithm>
#include <numeric>

namespace otto {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Damerau's distance (optimal string alignment), without regard to case, '-' and '_' being alike: the slips
// of typing.
std::size_t distance(std::string_view left, std::string_view right) {
    const auto same = [](char a, char b) {
        const auto fold = [](char c) { return c == '-' ? '_' : lower(c); };
        return fold(a) == fold(b);
    };
    std::vector<std::size_t> before(right.size() + 1), above(right.size() + 1), row(right.size() + 1);
    std::iota(above.begin(), above.end(), std::size_t{0});
    for (std::size_t i = 1; i <= left.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t change = same(left[i - 1], right[j - 1]) ? 0 : 1;
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
            if (i > 1 && j > 1 && same(left[i - 1], right[j - 2]) && same(left[i - 2], right[j - 1]))
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(above);
        above.swap(row);
    }
    return above[right.size()];
}

} // namespace

std::optional<std::string> nearest_name(std::string_view wanted, const std::vector<std::string>& names) {
    // A third of the letters may differ; longer texts are no names, and would only cost time.
    constexpr std::size_t longest = 64;
    if (wanted.empty() || wanted.size() > longest) return std::nullopt;
    const std::size_t allowed = std::max<std::size_t>(1, wanted.size() / 3);
    std::optional<std::string> best;
    std::size_t best_distance = allowed + 1;
    for (const std::string& name : names) {
        const std::size_t gap = std::max(name.size(), wanted.size()) - std::min(name.size(), wanted.size());
        if (gap >= best_distance || name == wanted) continue;
        const std::size_t found = distance(wanted, name);
        if (found < best_distance && found < std::max(wanted.size(), name.size())) {
            best = name;
            best_distance = found;
        }
    }
    return best;
}

} // namespace otto
