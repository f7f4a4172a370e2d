#include "lab/option_text.hpp"

#include <otto/option.hpp>

#include <pwd.h>
#include <unistd.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <vector>

namespace otto {
namespace {

struct Unit {
    std::string_view name;
    double factor;
};

// The number in front of the unit, times the unit; nullopt for anything but one plain non-negative number and
// a unit.
std::optional<double> scaled(std::string_view text, const Unit* units, std::size_t count) noexcept {
    const std::size_t digits = text.find_first_not_of("0123456789.");
    const std::string_view number = text.substr(0, digits);
    const std::string_view unit = digits == std::string_view::npos ? std::string_view() : text.substr(digits);
    if (number.empty() || number.front() == '.' || number.back() == '.') return std::nullopt;
    const auto value = parse_number(number);
    if (!value) return std::nullopt;
    for (std::size_t i = 0; i < count; ++i)
        if (units[i].name == unit) return *value * units[i].factor;
    return std::nullopt;
}

// HOME, else what the system's user database says.
std::filesystem::path home_directory() {
    if (const char* home = std::getenv("HOME"); home && *home == '/') return home;
    std::vector<char> text(16 * 1024);
    passwd entry = {};
    passwd* found = nullptr;
    ::getpwuid_r(::getuid(), &entry, text.data(), text.size(), &found);
    if (!found || *found->pw_dir != '/')
        throw Error(Errc::lab, "'~' cannot be expanded because HOME is not set");
    return found->pw_dir;
}

} // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) noexcept {
    std::int64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<double> parse_number(std::string_view text) noexcept {
    double value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

std::optional<Duration> parse_duration(std::string_view text) noexcept {
    static constexpr Unit units[] = {{"", 1e3}, {"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}};
    // A thousand years: far below what the clocks can add without overflow.
    constexpr double longest = 1000.0 * 366 * 24 * 3600e3;
    const auto value = scaled(text, units, std::size(units));
    if (!value || *value > longest) return std::nullopt;
    return Duration(static_cast<Duration::rep>(std::llround(*value)));
}

std::optional<std::uint64_t> parse_size(std::string_view text) noexcept {
    static constexpr Unit units[] = {
        {"", 1}, {"B", 1}, {"KiB", 1024.0}, {"MiB", 1024.0 * 1024}, {"GiB", 1024.0 * 1024 * 1024}};
    if (const auto exact = parse_integer(text); exact && text.front() != '-')
        return static_cast<std::uint64_t>(*exact);
    const auto value = scaled(text, units, std::size(units));
    constexpr double most = 9.0e18; // values are kept in 63 bits
    if (!value || *value > most || *value != std::floor(*value)) return std::nullopt;
    return static_cast<std::uint64_t>(*value);
}

std::string format_duration(Duration span) {
    if (span == unbounded) return "unbounded";
    const auto total = span.count();
    if (total < 0) return "-" + format_duration(Duration(-total));
    if (total != 0 && total % 3600000 == 0) return std::to_string(total / 3600000) + "h";
    if (total != 0 && total % 60000 == 0) return std::to_string(total / 60000) + "m";
    if (total < 1000) return std::to_string(total) + (total == 0 ? "s" : "ms");
    std::string text = std::to_string(total / 1000);
    if (total % 1000 != 0) {
        std::string fraction = std::to_string(1000 + total % 1000).substr(1);
        fraction.erase(fraction.find_last_not_of('0') + 1);
        text += "." + fraction;
    }
    return text + "s";
}

std::string absolute_path(std::string_view text, const std::string& base) {
    std::filesystem::path path(text);
    if (text == "~" || text.substr(0, 2) == "~/") {
        path = home_directory();
        if (text.size() > 2) path /= text.substr(2);
    } else if (path.is_relative()) {
        path = std::filesystem::absolute(std::filesystem::path(base) / path);
    }
    return path.lexically_normal().string();
}

} // namespace otto
