// The border between core and a plugin: one entry function that returns a static, plain descriptor. No
// registration by static constructors. A driver that is linked into a program is registered with the same
// descriptor (PluginRegistry::add). A whole plugin:
//
//   class AcmeHost final : public otto::Host { ... };
//   std::shared_ptr<otto::Host> make(otto::HostContext context) { return std::make_shared<AcmeHost>(context);
//   } constexpr otto::OptionSpec options[] = {
//       {"port", otto::OptionKind::integer, false, "22", "1..65535", "TCP port"}};
//   constexpr otto::DriverDescriptor drivers[] = {otto::driver_descriptor("acme", "Acme switches", options,
//   &make)}; OTTO_PLUGIN("acme-switches", "1.4.0", "Acme Ltd", "Apache-2.0", "https://acme.example", "acme",
//   drivers);
#pragma once

#include <otto/fingerprint.hpp>
#include <otto/host.hpp>
#include <otto/option.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace otto {

class ReservationBackend;
class ToolContext;

// All descriptors are plain data with static storage. `size` is the size that the plugin saw, so that fields
// can be appended. Texts are never null and never empty.
struct DriverDescriptor {
    std::uint32_t size;
    const char* name;    // what a lab says after `driver:`; [a-z][a-z0-9-]*
    const char* summary; // one line for `otto plugins`
    const OptionSpec* options;
    std::uint32_t option_count;
    std::uint32_t flags;                                  // driver_needs_address, ...
    std::shared_ptr<Host> (*create)(HostContext context); // cheap, no I/O; may throw OptionError
};

// The lab must give `address` for hosts of this driver (default: the host's id is used).
inline constexpr std::uint32_t driver_takes_no_address =
    1; // `address:` and `hop:` make no sense: a lab fault

struct ReservationBackendDescriptor {
    std::uint32_t size;
    const char* name; // what a lab says after `backend:`
    const char* summary;
    // The keys beside `backend:` in the lab's `reservations:`, relative paths made absolute. Throws
    // Error(lab).
    std::unique_ptr<ReservationBackend> (*create)(const std::map<std::string, std::string>& settings);
};

struct ToolDescriptor {
    std::uint32_t size;
    const char* name; // `otto NAME ...`
    const char* summary;
    int (*run)(const std::vector<std::string>& arguments, ToolContext& context); // the exit status
};

struct PluginDescriptor {
    std::uint32_t size;
    std::uint32_t abi;       // OTTO_ABI
    const char* fingerprint; // byte-identical to the note's head
    const char* name;        // "acme-switches"; [a-z][a-z0-9-]*
    const char* version;
    const char* vendor;
    const char* license;
    const char* url;
    const DriverDescriptor* drivers;
    std::uint32_t driver_count;
    const ReservationBackendDescriptor* backends;
    std::uint32_t backend_count;
    const ToolDescriptor* tools;
    std::uint32_t tool_count;
};

template <std::size_t N>
constexpr DriverDescriptor
driver_descriptor(const char* name, const char* summary, const OptionSpec (&options)[N],
                  std::shared_ptr<Host> (*create)(HostContext), std::uint32_t flags = 0) {
    return {sizeof(DriverDescriptor), name, summary, options, static_cast<std::uint32_t>(N), flags, create};
}

using PluginEntry = const PluginDescriptor*() noexcept;

} // namespace otto

// `driver_names` lists the drivers as the lab names them, separated by commas: it goes into the note, which
// is read without loading the file, and must agree with the table.
#define OTTO_PLUGIN_NOTE(plugin_name, plugin_version, driver_names)                                          \
    extern "C" {                                                                                             \
    [[gnu::used, gnu::section(".note.otto.plugin"), gnu::aligned(4)]] extern const ::otto::detail::          \
        PluginNote<sizeof(OTTO_FINGERPRINT "plugin=" plugin_name "\nversion=" plugin_version                 \
                                           "\ndrivers=" driver_names "\n")>                                  \
            otto_plugin_note = {5,                                                                           \
                                sizeof(OTTO_FINGERPRINT "plugin=" plugin_name "\nversion=" plugin_version    \
                                                        "\ndrivers=" driver_names "\n"),                     \
                                ::otto::detail::plugin_note_type, "otto",                                    \
                                OTTO_FINGERPRINT "plugin=" plugin_name "\nversion=" plugin_version           \
                                                 "\ndrivers=" driver_names "\n"};                            \
    }

#define OTTO_PLUGIN(plugin_name, plugin_version, vendor, license, url, driver_names, driver_table)           \
    OTTO_PLUGIN_NOTE(plugin_name, plugin_version, driver_names)                                              \
    extern "C" OTTO_API const ::otto::PluginDescriptor* otto_plugin_v1() noexcept {                          \
        static constexpr ::otto::PluginDescriptor descriptor = {sizeof(::otto::PluginDescriptor),            \
                                                                OTTO_ABI,                                    \
                                                                OTTO_FINGERPRINT,                            \
                                                                plugin_name,                                 \
                                                                plugin_version,                              \
                                                                vendor,                                      \
                                                                license,                                     \
                                                                url,                                         \
                                                                driver_table,                                \
                                                                std::size(driver_table),                     \
                                                                nullptr,                                     \
                                                                0,                                           \
                                                                nullptr,                                     \
                                                                0};                                          \
        return &descriptor;                                                                                  \
    }
