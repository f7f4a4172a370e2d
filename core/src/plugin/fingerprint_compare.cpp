#include "plugin/fingerprint_compare.hpp"

#include <otto/fingerprint.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace otto {
namespace {

constexpr std::string_view missing = "(none)";

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

Fields fields_of(std::string_view text) {
    Fields fields;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) continue;
        fields.emplace_back(line.substr(0, equals), line.substr(equals + 1));
    }
    return fields;
}

std::string_view value_of(const Fields& fields, std::string_view key) {
    const auto found = std::ranges::find(fields, key, &Fields::value_type::first);
    return found == fields.end() ? missing : found->second;
}

std::vector<std::string> split_names(std::string_view names) {
    std::vector<std::string> all;
    while (!names.empty()) {
        const auto name = names.substr(0, names.find(','));
        names.remove_prefix(std::min(names.size(), name.size() + 1));
        if (!name.empty()) all.emplace_back(name);
    }
    return all;
}

// Major and minor of "1.4.0".
std::optional<std::array<int, 2>> version_of(std::string_view text) {
    std::array<int, 2> version{};
    const char* at = text.data();
    const char* const end = at + text.size();
    for (std::size_t part = 0; part < version.size(); ++part) {
        const auto [next, error] = std::from_chars(at, end, version[part]);
        if (error != std::errc() || next == end || *next != '.') return std::nullopt;
        at = next + 1;
    }
    return version;
}

bool sdk_fits(std::string_view plugin, std::string_view otto) {
    const auto theirs = version_of(plugin);
    const auto ours = version_of(otto);
    return theirs && ours && (*theirs)[0] == (*ours)[0] && (*theirs)[1] <= (*ours)[1];
}

bool fits(std::string_view key, std::string_view plugin, std::string_view otto) {
    return key == "sdk" ? sdk_fits(plugin, otto) : plugin == otto;
}

// "108100  (1.81)": nobody reads BOOST_VERSION at a glance.
std::string readable(std::string_view key, const std::string& value) {
    int number = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
    if (key != "boost" || parsed.ec != std::errc() || *parsed.ptr != '\0') return value;
    return value + "  (" + std::to_string(number / 100000) + "." + std::to_string(number / 100 % 1000) + ")";
}

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(width, text.size() + 2), ' ');
    return text;
}

} // namespace

NoteText parse_note(std::string_view text) {
    constexpr std::string_view first_key = "plugin=";
    auto head = text.starts_with(first_key) ? std::size_t{0} : text.find("\nplugin=");
    if (head == std::string_view::npos)
        head = text.size();
    else if (head != 0)
        ++head;

    NoteText note;
    note.fingerprint = text.substr(0, head);
    for (const auto& [key, value] : fields_of(text.substr(head))) {
        if (key == "plugin") note.plugin = value;
        if (key == "version") note.version = value;
        if (key == "drivers") note.drivers = split_names(value);
        if (key == "backends") note.backends = split_names(value);
        if (key == "tools") note.tools = split_names(value);
    }
    return note;
}

std::vector<FingerprintDifference> compare_fingerprints(std::string_view plugin, std::string_view otto) {
    const Fields theirs = fields_of(plugin);
    const Fields ours = fields_of(otto);
    std::vector<FingerprintDifference> differences;
    for (const auto& [key, value] : ours) {
        const auto other = value_of(theirs, key);
        if (!fits(key, other, value))
            differences.push_back({std::string(key), std::string(other), std::string(value)});
    }
    for (const auto& [key, value] : theirs)
        if (value_of(ours, key) == missing)
            differences.push_back({std::string(key), std::string(value), std::string(missing)});
    return differences;
}

std::string format_differences(const std::vector<FingerprintDifference>& differences) {
    std::string table = "  " + padded("", 9) + padded("plugin", 22) + "otto";
    for (const auto& each : differences)
        table += "\n  " + padded(each.key, 9) + padded(readable(each.key, each.plugin), 22) +
                 readable(each.key, each.otto);
    return table;
}

std::string remedy_for(const std::vector<FingerprintDifference>& differences) {
    const auto differs = [&](std::string_view key) {
        return std::ranges::find(differences, key, &FingerprintDifference::key) != differences.end();
    };
    if (differences.size() == 1 && differs("san")) {
        return differences.front().otto == "none"
                   ? "rebuild it without the sanitizer, or run an otto that was built with it"
                   : "rebuild it with the same sanitizer, or run an otto that was built without";
    }
    if (differences.size() == 1 && differs("sdk"))
        return "update otto, or rebuild it against otto-sdk " OTTO_SDK_VERSION;
    return "rebuild it against otto-sdk " OTTO_SDK_VERSION;
}

} // namespace otto
