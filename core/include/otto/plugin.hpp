// The border between core and a plugin: one entry function that returns a static, plain descriptor. No registration by
// static constructors. A driver that is linked into a program is registered with the same descriptor
// (PluginRegistry::add). A whole plugin:
//
//   class AcmeHost final : public otto::Host { ... };
//   std::shared_ptr<otto::Host> make(otto::HostContext context)
//   {
//       return std::make_shared<AcmeHost>(std::move(context));
//   }
//   constexpr otto::OptionSpec options[] = {
//       {"port", otto::OptionKind::integer, false, "22", "1..65535", "TCP port"},
//   };
//   constexpr otto::DriverDescriptor drivers[] = {
//       otto::driver_descriptor("acme", "Acme switches", options, &make),
//   };
//   OTTO_PLUGIN("acme-switches", "1.4.0", "Acme Ltd", "Apache-2.0", "https://acme.example", "acme", drivers)
#pragma once

#include <otto/fingerprint.hpp>
#include <otto/host.hpp>
#include <otto/option.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
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
    std::uint32_t flags;                                  // driver_takes_no_address
    std::shared_ptr<Host> (*create)(HostContext context); // cheap, no I/O; may throw OptionError
};

// For DriverDescriptor::flags: `address:` and `hop:` make no sense for this driver, and are a lab fault.
inline constexpr std::uint32_t driver_takes_no_address = 1;

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
    const char* fingerprint; // OTTO_FINGERPRINT, as in the note
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

// The rows of a descriptor's table; `{}` is a table without rows.
template <class Row>
struct DescriptorTable {
    const Row* rows = nullptr;
    std::uint32_t count = 0;

    constexpr DescriptorTable() = default;
    template <std::size_t N>
    constexpr DescriptorTable(
        const Row (&table)[N]) // NOLINT(google-explicit-constructor): a table by its name
        : rows(table)
        , count(static_cast<std::uint32_t>(N)) {}

    // True if `names` lists exactly the rows' names in their order, separated by commas.
    [[nodiscard]] constexpr bool is_named(std::string_view names) const {
        for (std::uint32_t row = 0; row < count; ++row) {
            if (row != 0) {
                if (!names.starts_with(',')) return false;
                names.remove_prefix(1);
            }
            const std::string_view name = rows[row].name;
            if (names.substr(0, names.find(',')) != name) return false;
            names.remove_prefix(name.size());
        }
        return names.empty();
    }
};

template <std::size_t N>
constexpr DriverDescriptor
driver_descriptor(const char* name, const char* summary, const OptionSpec (&options)[N],
                  std::shared_ptr<Host> (*create)(HostContext), std::uint32_t flags = 0) {
    return {sizeof(DriverDescriptor), name, summary, options, static_cast<std::uint32_t>(N), flags, create};
}

// A driver without options.
constexpr DriverDescriptor driver_descriptor(const char* name, const char* summary,
                                             std::shared_ptr<Host> (*create)(HostContext),
                                             std::uint32_t flags = 0) {
    return {sizeof(DriverDescriptor), name, summary, nullptr, 0, flags, create};
}

constexpr ReservationBackendDescriptor
backend_descriptor(const char* name, const char* summary,
                   std::unique_ptr<ReservationBackend> (*create)(const std::map<std::string, std::string>&)) {
    return {sizeof(ReservationBackendDescriptor), name, summary, create};
}

constexpr ToolDescriptor tool_descriptor(const char* name, const char* summary,
                                         int (*run)(const std::vector<std::string>&, ToolContext&)) {
    return {sizeof(ToolDescriptor), name, summary, run};
}

// For PluginRegistry::add; a plugin of its own uses OTTO_PLUGIN.
constexpr PluginDescriptor plugin_descriptor(const char* name, const char* version, const char* vendor,
                                             const char* license, const char* url,
                                             DescriptorTable<DriverDescriptor> drivers,
                                             DescriptorTable<ReservationBackendDescriptor> backends = {},
                                             DescriptorTable<ToolDescriptor> tools = {}) {
    PluginDescriptor descriptor{};
    descriptor.size = sizeof(PluginDescriptor);
    descriptor.abi = OTTO_ABI;
    descriptor.fingerprint = OTTO_FINGERPRINT;
    descriptor.name = name;
    descriptor.version = version;
    descriptor.vendor = vendor;
    descriptor.license = license;
    descriptor.url = url;
    descriptor.drivers = drivers.rows;
    descriptor.driver_count = drivers.count;
    descriptor.backends = backends.rows;
    descriptor.backend_count = backends.count;
    descriptor.tools = tools.rows;
    descriptor.tool_count = tools.count;
    return descriptor;
}

using PluginEntry = const PluginDescriptor*() noexcept;

} // namespace otto

// The ELF note that the loader reads; `contents` is the lines after the fingerprint.
#define OTTO_DETAIL_PLUGIN_NOTE(contents)                                                                    \
    extern "C" {                                                                                             \
    [[gnu::used, gnu::section(".note.otto.plugin"),                                                          \
      gnu::aligned(4)]] extern const ::otto::detail::PluginNote<sizeof(OTTO_FINGERPRINT contents)>           \
        otto_plugin_note = {5, sizeof(OTTO_FINGERPRINT contents), ::otto::detail::plugin_note_type, "otto",  \
                            OTTO_FINGERPRINT contents};                                                      \
    }

// A plugin that brings drivers. `driver_names` lists them as a lab names them, separated by commas: it goes
// into the note, which is read without loading the file.
#define OTTO_PLUGIN(plugin_name, plugin_version, vendor, license, url, driver_names, driver_table)           \
    OTTO_PLUGIN_FULL(plugin_name, plugin_version, vendor, license, url, driver_names, driver_table, "", {},  \
                     "", {})

// A plugin that brings any of drivers, reservation backends and tools; a kind that it lacks is `"", {}`.
#define OTTO_PLUGIN_FULL(plugin_name, plugin_version, vendor, license, url, driver_names, driver_table,      \
                         backend_names, backend_table, tool_names, tool_table)                               \
    OTTO_DETAIL_PLUGIN_NOTE("plugin=" plugin_name "\nversion=" plugin_version "\ndrivers=" driver_names      \
                            "\nbackends=" backend_names "\ntools=" tool_names "\n")                          \
    extern "C" OTTO_API const ::otto::PluginDescriptor* otto_plugin_v1() noexcept {                          \
        constexpr ::otto::DescriptorTable<::otto::DriverDescriptor> its_drivers = driver_table;              \
        constexpr ::otto::DescriptorTable<::otto::ReservationBackendDescriptor> its_backends =               \
            backend_table;                                                                                   \
        constexpr ::otto::DescriptorTable<::otto::ToolDescriptor> its_tools = tool_table;                    \
        static_assert(its_drivers.is_named(driver_names), "driver names differ from the table");             \
        static_assert(its_backends.is_named(backend_names), "backend names differ from the table");          \
        static_assert(its_tools.is_named(tool_names), "tool names differ from the table");                   \
        static constexpr ::otto::PluginDescriptor descriptor = ::otto::plugin_descriptor(                    \
            plugin_name, plugin_version, vendor, license, url, its_drivers, its_backends, its_tools);        \
        return &descriptor;                                                                                  \
    }
