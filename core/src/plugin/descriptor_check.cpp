#include "plugin/descriptor_check.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace otto {
namespace {

bool is_blank(const char* text) {
    return text == nullptr || *text == '\0';
}

// [a-z][a-z0-9]*, with one more character allowed inside.
bool is_name(const char* text, char joiner) {
    if (is_blank(text)) return false;
    const std::string_view name = text;
    const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
    return lower(name.front()) && std::ranges::all_of(name, [&](char c) {
               return lower(c) || (c >= '0' && c <= '9') || c == joiner;
           });
}

std::string shown(const char* text) {
    return text == nullptr ? "(null)" : "'" + std::string(text) + "'";
}

// The part that drivers, backends and tools have in common.
template <class Row>
std::optional<std::string> fault_of_row(const Row& row, const std::string& kind) {
    if (row.size != sizeof(Row))
        return "describes a " + kind + " in " + std::to_string(row.size) + " bytes instead of " +
               std::to_string(sizeof(Row));
    if (!is_name(row.name, '-'))
        return "has a " + kind + " with the bad name " + shown(row.name) + " (a-z, then a-z, 0-9 and '-')";
    if (is_blank(row.summary)) return "has no summary for " + kind + " '" + row.name + "'";
    return std::nullopt;
}

template <class Row>
std::optional<std::string> fault_of_table(const Row* rows, std::uint32_t count, const std::string& kind) {
    if (count != 0 && rows == nullptr)
        return "counts " + std::to_string(count) + " of kind " + kind + " but has no table";
    for (std::uint32_t index = 0; index < count; ++index) {
        if (auto fault = fault_of_row(rows[index], kind)) return fault;
        for (std::uint32_t earlier = 0; earlier < index; ++earlier)
            if (std::string_view(rows[earlier].name) == rows[index].name)
                return "has two of kind " + kind + " called '" + rows[index].name + "'";
    }
    return std::nullopt;
}

std::optional<std::string> fault_of_option(const OptionSpec& option) {
    if (!is_name(option.name, '_'))
        return "has an option with the bad name " + shown(option.name) + " (a-z, then a-z, 0-9 and '_')";
    const std::string name = option.name;
    if (option.kind > OptionKind::string_map) return "has the option '" + name + "' of an unknown kind";
    if (is_blank(option.help)) return "has no help for option '" + name + "'";
    if (option.range == nullptr) return "has a null range for option '" + name + "'";
    if (option.default_value == nullptr) return std::nullopt;
    try {
        parse_option(option, option.default_value);
    } catch (const Error& error) {
        return "has a bad default for option '" + name + "': " + error.message();
    }
    return std::nullopt;
}

std::optional<std::string> fault_of_driver(const DriverDescriptor& driver) {
    const auto of_driver = [&](const std::string& fault) {
        return "driver '" + std::string(driver.name) + "' " + fault;
    };
    if (driver.create == nullptr) return of_driver("has no create function");
    if (driver.option_count != 0 && driver.options == nullptr)
        return of_driver("counts options but has no table");
    for (std::uint32_t index = 0; index < driver.option_count; ++index)
        if (auto fault = fault_of_option(driver.options[index])) return of_driver(*fault);
    return std::nullopt;
}

std::optional<std::string> fault_of_texts(const PluginDescriptor& descriptor) {
    if (!is_name(descriptor.name, '-')) return "has the bad name " + shown(descriptor.name);
    const std::initializer_list<std::pair<const char*, const char*>> texts = {{"version", descriptor.version},
                                                                              {"vendor", descriptor.vendor},
                                                                              {"license", descriptor.license},
                                                                              {"url", descriptor.url}};
    for (const auto& [what, text] : texts)
        if (is_blank(text)) return std::string("says nothing about its ") + what;
    return std::nullopt;
}

} // namespace

std::optional<std::string> fault_of(const PluginDescriptor& descriptor) {
    if (descriptor.size != sizeof(PluginDescriptor))
        return "has a descriptor of " + std::to_string(descriptor.size) + " bytes instead of " +
               std::to_string(sizeof(PluginDescriptor));
    if (descriptor.abi != OTTO_ABI)
        return "has ABI " + std::to_string(descriptor.abi) + " instead of " + std::to_string(OTTO_ABI);
    if (is_blank(descriptor.fingerprint)) return "has no fingerprint";
    if (auto fault = fault_of_texts(descriptor)) return fault;
    if (auto fault = fault_of_table(descriptor.drivers, descriptor.driver_count, "driver")) return fault;
    if (auto fault = fault_of_table(descriptor.backends, descriptor.backend_count, "backend")) return fault;
    if (auto fault = fault_of_table(descriptor.tools, descriptor.tool_count, "tool")) return fault;
    for (std::uint32_t index = 0; index < descriptor.driver_count; ++index)
        if (auto fault = fault_of_driver(descriptor.drivers[index])) return fault;
    for (std::uint32_t index = 0; index < descriptor.backend_count; ++index)
        if (descriptor.backends[index].create == nullptr)
            return "backend '" + std::string(descriptor.backends[index].name) + "' has no create function";
    for (std::uint32_t index = 0; index < descriptor.tool_count; ++index)
        if (descriptor.tools[index].run == nullptr)
            return "tool '" + std::string(descriptor.tools[index].name) + "' has no run function";
    return std::nullopt;
}

} // namespace otto
