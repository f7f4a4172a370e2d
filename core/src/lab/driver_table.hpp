// The drivers that a load has met, each looked up once.
#pragma once

#include "lab/fault_list.hpp"

#include <otto/plugin_registry.hpp>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace otto {

// Keys that core reads from every host, whatever its driver.
const std::vector<std::string>& core_keys();
bool is_core_key(std::string_view key);

struct KnownDriver {
    std::string name;
    bool known = true;                            // some plugin claims it
    const DriverDescriptor* descriptor = nullptr; // null: unknown, or its plugin cannot be used
    std::map<std::string_view, const OptionSpec*> options;

    [[nodiscard]] const OptionSpec* option(std::string_view name) const;
    [[nodiscard]] bool takes_address() const;
    [[nodiscard]] std::vector<std::string> option_names() const;
    // "unknown option 'prot' for driver 'unix' (did you mean 'port'?)"
    [[nodiscard]] std::string unknown_option(std::string_view key, std::vector<std::string> also = {}) const;
};

class DriverTable {
  public:
    explicit DriverTable(PluginRegistry& plugins)
        : plugins_(plugins) {}

    // An unknown driver is a fault, whose message begins with `title`. A plugin that is refused or failing is
    // not: its hosts get the error when they are made.
    const KnownDriver& find(const DriverWanted& wanted, const std::string& title, FaultList& faults);

    [[nodiscard]] std::vector<std::string> names() const { return plugins_.driver_names(); }

  private:
    KnownDriver look_up(const DriverWanted& wanted);

    PluginRegistry& plugins_;
    std::map<std::pair<std::string, std::string>, KnownDriver> drivers_; // by name and plugin file
};

KnownDriver known_driver(const DriverDescriptor& descriptor);

} // namespace otto
