// Replaces secrets in a stream of bytes, also one that arrives in two pieces.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace otto::cli {

class SecretMasker {
  public:
    static constexpr std::string_view mask = "********";

    // Values of fewer than four bytes are left alone: they would mask half of every text.
    void add(std::string secret);

    // The part of the stream that is decided: what could be the beginning of a secret is held back.
    std::string feed(std::string_view bytes);
    // What was held back, when no more will come.
    std::string finish();

  private:
    [[nodiscard]] std::size_t undecided(std::string_view text) const;
    std::string take(std::string_view text, std::size_t end);

    std::vector<std::string> secrets_; // longest first
    std::string held_;
};

} // namespace otto::cli
