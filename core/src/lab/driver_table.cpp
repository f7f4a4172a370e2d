#include "lab/driver_table.hpp"

#include <algorithm>

namespace otto {

const std::vector<std::string>& core_keys() {
    static const std::vector<std::string> keys = {"driver",    "group", "address", "hop",
                                                  "resources", "tags",  "timeout", "isolation"};
    return keys;
}

bool is_core_key(std::string_view key) {
    return std::find(core_keys().begin(), core_keys().end(), key) != core_keys().end();
}

const OptionSpec* KnownDriver::option(std::string_view wanted) const {
    const auto row = options.find(wanted);
    return row == options.end() ? nullptr : row->second;
}

bool KnownDriver::takes_address() const {
    return !descriptor || (descriptor->flags & driver_takes_no_address) == 0;
}

std::vector<std::string> KnownDriver::option_names() const {
    std::vector<std::string> names;
    for (const auto& [option_name, spec] : options)
        names.emplace_back(option_name);
    return names;
}

std::string KnownDriver::unknown_option(std::string_view key, std::vector<std::string> also) const {
    const std::vector<std::string> names = option_names();
    also.insert(also.end(), names.begin(), names.end());
    return "unknown option '" + std::string(key) + "' for driver '" + name + "'" + did_you_mean(key, also);
}

KnownDriver known_driver(const DriverDescriptor& descriptor) {
    KnownDriver driver;
    driver.name = descriptor.name;
    driver.descriptor = &descriptor;
    for (std::uint32_t i = 0; i < descriptor.option_count; ++i)
        driver.options.emplace(descriptor.options[i].name, &descriptor.options[i]);
    return driver;
}

const KnownDriver& DriverTable::find(const DriverWanted& wanted, const std::string& title,
                                     FaultList& faults) {
    const std::pair key(wanted.name, wanted.plugin ? wanted.plugin->string() : std::string());
    auto seen = drivers_.find(key);
    if (seen == drivers_.end()) seen = drivers_.emplace(key, look_up(wanted)).first;
    if (!seen->second.known) {
        const std::string hint = did_you_mean(wanted.name, names());
        faults.add(wanted.mark,
                   title + ": unknown driver '" + wanted.name + "'" +
                       (hint.empty() ? ": no plugin brings it ('otto plugins' lists them)" : hint));
    }
    return seen->second;
}

KnownDriver DriverTable::look_up(const DriverWanted& wanted) {
    KnownDriver driver;
    driver.name = wanted.name;
    driver.known = plugins_.knows(wanted);
    try {
        if (driver.known) driver = known_driver(plugins_.driver(wanted));
    } catch (const Error&) {
        // Remembered by the registry, and thrown again when a host of this driver is made.
    }
    return driver;
}

} // namespace otto
