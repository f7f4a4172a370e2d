// Drivers for lab tests: tables like those of the shipped ones, without code behind them.
#pragma once

#include <otto/lab.hpp>
#include <otto/plugin.hpp>
#include <otto/plugin_registry.hpp>

#include <memory>

namespace otto::test {

inline std::shared_ptr<Host> make_nothing(HostContext /*context*/) {
    return nullptr;
}

inline constexpr OptionSpec unix_options[] = {
    {"port", OptionKind::integer, false, "22", "1..65535", "TCP port"},
    {"user", OptionKind::string, false, nullptr, "", "login name"},
    {"password", OptionKind::secret, false, nullptr, "", "password"},
    {"identity_file", OptionKind::path, false, nullptr, "", "private key"},
    {"passphrase", OptionKind::secret, false, nullptr, "", "passphrase of the key"},
    {"agent", OptionKind::boolean, false, "true", "", "use the agent"},
    {"known_hosts", OptionKind::path, false, "~/.ssh/known_hosts", "", "known hosts"},
    {"host_key_policy", OptionKind::choice, false, "accept-new", "strict|accept-new|off", "host keys"},
    {"host_key", OptionKind::string, false, nullptr, "", "pinned key"},
    {"keepalive", OptionKind::duration, false, "15s", "1s..1h", "time between keepalives"},
    {"connect_timeout", OptionKind::duration, false, "10s", "100ms..5m", "time for connecting"},
    {"shell", OptionKind::string, false, "/bin/sh", "", "shell of commands"},
    {"window", OptionKind::size, false, "2MiB", "32KiB..1GiB", "window"},
    {"ciphers", OptionKind::string_list, false, nullptr, "", "ciphers"},
    {"environment", OptionKind::string_map, false, nullptr, "", "environment"},
    {"pace", OptionKind::number, false, nullptr, "0..10", "pace"},
};
inline constexpr OptionSpec local_options[] = {
    {"shell", OptionKind::string, false, "/bin/sh", "", "shell of commands"},
    {"directory", OptionKind::path, false, nullptr, "", "directory of commands"},
};
inline constexpr OptionSpec serial_options[] = {
    {"device", OptionKind::path, true, nullptr, "", "the serial line"},
    {"baud", OptionKind::integer, false, "115200", "50..4000000", "speed"},
};
inline constexpr DriverDescriptor drivers[] = {
    driver_descriptor("unix", "Unix hosts over SSH", unix_options, &make_nothing),
    driver_descriptor("local", "this machine", local_options, &make_nothing, driver_takes_no_address),
    driver_descriptor("serial-console", "a serial line", serial_options, &make_nothing),
};
inline constexpr PluginDescriptor fake_plugin = {
    sizeof(PluginDescriptor), OTTO_ABI, OTTO_FINGERPRINT,   "fake",  "1.0", "otto",  "Apache-2.0",
    "https://otto.example",   drivers,  std::size(drivers), nullptr, 0,     nullptr, 0};

inline std::shared_ptr<PluginRegistry> fake_registry() {
    auto registry = std::make_shared<PluginRegistry>(PluginSearch().default_plugin_dirs(false));
    registry->add(fake_plugin);
    return registry;
}

inline LoadOptions with_fakes() {
    return LoadOptions().plugins(fake_registry());
}

// The lab of the text; its first line is line 2, after "otto: 1".
inline Lab lab_of(const std::string& text) {
    return parse_lab("otto: 1\n" + text, "x.yaml", with_fakes());
}

// All faults of the text, a line for each, or "no fault".
inline std::string faults_of(const std::string& text) {
    try {
        (void)lab_of(text);
    } catch (const LabError& error) {
        return error.message();
    }
    return "no fault";
}

inline std::vector<std::string> ids_of(const Lab& lab) {
    std::vector<std::string> ids;
    for (const HostSpec& host : lab.hosts())
        ids.push_back(host.id());
    return ids;
}

} // namespace otto::test
