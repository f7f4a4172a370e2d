// Node-set ranges in host ids: web[01-40], r[1,3-5]s[1-2]. Sans I/O; faults are Error(lab) with the reason
// alone.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace otto {

class IdRange {
  public:
    static constexpr std::size_t most_ids = 100'000;

    // `also_allowed` are characters beside [A-Za-z0-9._-] outside the brackets ("*?" in patterns).
    explicit IdRange(std::string_view text, std::string_view also_allowed = {});

    struct Id {
        std::string text;
        std::vector<std::string> numbers; // of each bracket, as written: "01"
    };

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool has_range() const noexcept { return !ranges_.empty(); }
    // The ids in order, the last bracket counting fastest.
    [[nodiscard]] Id operator[](std::size_t index) const;

  private:
    struct Run {
        std::size_t first = 0;
        std::size_t count = 0;
        std::size_t width = 0; // with leading zeros up to this many digits
    };
    struct Range {
        std::vector<Run> runs;
        std::size_t count = 0;
    };
    static Run parse_run(std::string_view text);
    static Range parse_range(std::string_view text);
    void check_literal(std::string_view text, std::string_view also_allowed) const;

    std::vector<std::string> literals_; // one more than ranges
    std::vector<Range> ranges_;
    std::size_t size_ = 1;
};

// Puts the numbers in for {1} (as written) and {1:d} (without leading zeros).
std::string expand_placeholders(std::string_view text, const std::vector<std::string>& numbers);

// Throws Error(lab) unless the text is a host id: [A-Za-z0-9._-]+, not "." or "..".
void check_id(std::string_view text);

} // namespace otto
