#include "secret_masker.hpp"

#include <algorithm>

namespace otto::cli {

void SecretMasker::add(std::string secret) {
    static constexpr std::size_t shortest = 4;
    if (secret.size() < shortest || std::ranges::find(secrets_, secret) != secrets_.end()) return;
    secrets_.push_back(std::move(secret));
    std::ranges::sort(secrets_, std::ranges::greater(), [](const std::string& s) { return s.size(); });
}

// The length of the longest tail of `text` that begins a secret without being all of it.
std::size_t SecretMasker::undecided(std::string_view text) const {
    std::size_t longest = 0;
    for (const auto& secret : secrets_)
        for (std::size_t n = std::min(secret.size() - 1, text.size()); n > longest; --n)
            if (text.ends_with(std::string_view(secret).substr(0, n))) longest = n;
    return longest;
}

// Masks the secrets that begin before `end`; what follows them is held.
std::string SecretMasker::take(std::string_view text, std::size_t end) {
    std::string out;
    std::size_t at = 0;
    while (at < end) {
        const auto here = text.substr(at);
        const auto found =
            std::ranges::find_if(secrets_, [&](const std::string& s) { return here.starts_with(s); });
        if (found == secrets_.end()) {
            out += text[at++];
        } else {
            out += mask;
            at += found->size();
        }
    }
    held_ = text.substr(std::min(at, text.size()));
    return out;
}

std::string SecretMasker::feed(std::string_view bytes) {
    std::string text = std::move(held_);
    text += bytes;
    return take(text, text.size() - undecided(text));
}

std::string SecretMasker::finish() {
    const std::string text = std::move(held_);
    return take(text, text.size());
}

} // namespace otto::cli
