#include "reservation/rfc3339.hpp"

namespace otto {
namespace {

class Scanner {
  public:
    explicit Scanner(std::string_view text)
        : rest_(text) {}

    // Exactly `count` digits, or no good.
    int digits(std::size_t count) noexcept {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (!is_digit()) return fail();
            value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        return value;
    }
    // One of the characters.
    char one_of(std::string_view characters) noexcept {
        if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos)
            return static_cast<char>(fail());
        const char found = rest_.front();
        rest_.remove_prefix(1);
        return found;
    }
    void skip_fraction() noexcept {
        if (rest_.empty() || rest_.front() != '.') return;
        rest_.remove_prefix(1);
        if (!is_digit()) fail();
        while (is_digit())
            rest_.remove_prefix(1);
    }
    [[nodiscard]] bool done() const noexcept { return good_ && rest_.empty(); }

  private:
    [[nodiscard]] bool is_digit() const noexcept {
        return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
    }
    int fail() noexcept {
        good_ = false;
        return 0;
    }

    std::string_view rest_;
    bool good_ = true;
};

} // namespace

std::optional<std::chrono::sys_seconds> parse_rfc3339(std::string_view text) noexcept {
    namespace chrono = std::chrono;
    Scanner scan(text);
    const int year = scan.digits(4);
    scan.one_of("-");
    const int month = scan.digits(2);
    scan.one_of("-");
    const int day = scan.digits(2);
    scan.one_of("Tt ");
    const int hour = scan.digits(2);
    scan.one_of(":");
    const int minute = scan.digits(2);
    scan.one_of(":");
    const int second = scan.digits(2);
    scan.skip_fraction();
    const char zone = scan.one_of("Zz+-");
    chrono::minutes offset{0};
    if (zone == '+' || zone == '-') {
        const int hours = scan.digits(2);
        scan.one_of(":");
        const int minutes = scan.digits(2);
        if (hours > 23 || minutes > 59) return std::nullopt;
        offset = (chrono::hours(hours) + chrono::minutes(minutes)) * (zone == '+' ? 1 : -1);
    }
    const chrono::year_month_day date{chrono::year(year), chrono::month(static_cast<unsigned>(month)),
                                      chrono::day(static_cast<unsigned>(day))};
    if (!scan.done() || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    return chrono::sys_days(date) + chrono::hours(hour) + chrono::minutes(minute) + chrono::seconds(second) -
           offset;
}

} // namespace otto
