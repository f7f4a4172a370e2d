#include "known_secrets.hpp"

#include <set>

namespace otto::cli {

std::vector<std::string> known_secrets(const Lab& lab) {
    std::set<std::string> seen;
    std::vector<std::string> values;
    for (const auto& host : lab.hosts()) {
        for (const auto& name : host.options().names()) {
            const auto* secret = std::get_if<Secret>(host.options().find(name));
            const bool free = secret != nullptr && (secret->kind() == Secret::Kind::literal ||
                                                    secret->kind() == Secret::Kind::env);
            if (!free || !seen.insert(secret->identity()).second) continue;
            try {
                values.push_back(secret->resolve_blocking());
            } catch (const Error&) {
                // An unset variable fails the hosts that need it, and hides nothing.
            }
        }
    }
    return values;
}

} // namespace otto::cli
