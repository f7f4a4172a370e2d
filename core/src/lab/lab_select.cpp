#include "lab/fault_list.hpp"
#include "lab/host_pattern.hpp"
#include "lab/id_range.hpp"
#include "lab/lab_data.hpp"

#include <algorithm>

namespace otto {
namespace {

bool contains(const std::vector<std::string>& texts, const std::string& text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

// Marks the hosts that one term selects.
class TermMatcher {
  public:
    TermMatcher(const Lab& lab, const PatternTerm& term)
        : lab_(lab)
        , term_(term) {}

    // True if there is any.
    bool mark(std::vector<bool>& chosen, bool value) const {
        bool any = false;
        const auto take = [&](const HostSpec* host) {
            any = true;
            chosen[static_cast<std::size_t>(host - lab_.hosts().data())] = value;
        };
        if (term_.label) {
            for (const HostSpec& host : lab_.hosts())
                if (contains(host.groups(), term_.text) || contains(host.tags(), term_.text)) take(&host);
            return any;
        }
        const IdRange ids(term_.text, "*?");
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const std::string id = ids[i].text;
            if (id.find_first_of("*?") == std::string::npos) {
                if (const HostSpec* host = lab_.find(id)) take(host);
                continue;
            }
            for (const HostSpec& host : lab_.hosts())
                if (glob_match(id, host.id())) take(&host);
        }
        return any;
    }

    [[nodiscard]] Error nothing() const {
        std::vector<std::string> names;
        for (const HostSpec& host : lab_.hosts()) {
            if (!term_.label) {
                names.push_back(host.id());
                continue;
            }
            names.insert(names.end(), host.groups().begin(), host.groups().end());
            names.insert(names.end(), host.tags().begin(), host.tags().end());
        }
        const std::string shown = (term_.label ? "@" : "") + term_.text;
        std::string hint = did_you_mean(term_.text, names);
        if (term_.label && hint.empty() && lab_.find(term_.text))
            hint = " ('" + term_.text + "' is a host: leave out the @)";
        return {Errc::usage, "'" + shown + "' selects no host of the lab" + hint};
    }

  private:
    const Lab& lab_;
    const PatternTerm& term_;
};

} // namespace

std::vector<std::string> Lab::select(std::string_view pattern) const {
    const std::vector<PatternTerm> terms = parse_pattern(pattern);
    const bool only_taking_away =
        std::all_of(terms.begin(), terms.end(), [](const PatternTerm& term) { return term.taken_away; });
    std::vector<bool> chosen(hosts().size(), only_taking_away);
    // First all that is chosen, then what is taken away: the order of the terms does not matter.
    for (const bool taking_away : {false, true}) {
        for (const PatternTerm& term : terms) {
            if (term.taken_away != taking_away) continue;
            const TermMatcher matcher(*this, term);
            bool any = false;
            try {
                any = matcher.mark(chosen, !taking_away);
            } catch (const Error& error) {
                throw Error(Errc::usage, "pattern '" + std::string(pattern) + "': " + error.message());
            }
            if (!any) throw matcher.nothing();
        }
    }
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < chosen.size(); ++i)
        if (chosen[i]) ids.push_back(hosts()[i].id());
    if (ids.empty())
        throw Error(Errc::usage, "pattern '" + std::string(pattern) + "' takes away every host it selects");
    return ids;
}

} // namespace otto
