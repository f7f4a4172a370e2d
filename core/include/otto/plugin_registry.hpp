// Finds, judges and opens plugins. A lab and a context share one registry. Files are judged by their ELF note
// and permissions without running code, once, when the registry is first asked; a library is opened when a
// lab needs its driver, and never closed again. Every member may be called from any thread.
#pragma once

#include <otto/error.hpp>
#include <otto/option.hpp>
#include <otto/plugin.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace otto {

class OTTO_API PluginSearch {
  public:
    PluginSearch();
    ~PluginSearch();
    PluginSearch(const PluginSearch&);
    PluginSearch& operator=(const PluginSearch&);

    // Searched first, in the order given. Must be absolute or relative to the current directory; made
    // absolute here.
    PluginSearch& plugin_dir(std::filesystem::path dir);
    // False: neither OTTO_PLUGIN_PATH nor the user's and the installed directory. Under AT_SECURE only the
    // installed directory counts in any case.
    PluginSearch& default_plugin_dirs(bool on);

    [[nodiscard]] const std::vector<std::filesystem::path>& plugin_dirs() const noexcept { return dirs_; }
    [[nodiscard]] bool uses_defaults() const noexcept { return defaults_; }

  private:
    std::vector<std::filesystem::path> dirs_;
    bool defaults_ = true;
};

enum class PluginState { ok, shadowed, refused };
OTTO_API std::string_view to_string(PluginState state) noexcept;

// One file that was found, without loading it.
struct PluginFile {
    std::filesystem::path path;
    PluginState state = PluginState::ok;
    std::string name;    // from the note; from the file's name if it has none
    std::string version; // empty without a note
    std::vector<std::string> drivers;
    std::vector<std::string> backends; // for reservations
    std::vector<std::string> tools;
    std::string reason; // refused or shadowed: why, in one sentence; may be followed by a table of lines
    std::string remedy; // what to do about it
};

// Where a driver is asked for, for messages.
struct DriverWanted {
    std::string name;
    std::optional<std::filesystem::path> plugin; // `driver: {plugin: /abs/otto-x.so, name: ios}`
    SourceMark mark;
};

class OTTO_API PluginRegistry {
  public:
    explicit PluginRegistry(PluginSearch search = PluginSearch());
    ~PluginRegistry();
    PluginRegistry(const PluginRegistry&) = delete;
    PluginRegistry& operator=(const PluginRegistry&) = delete;

    // A plugin that is linked into the program (see plugin_descriptor). It wins over files. Throws
    // Error(plugin) for a broken descriptor.
    void add(const PluginDescriptor& descriptor);

    // Every candidate in search order: winners, losers and why. Loads nothing.
    [[nodiscard]] std::vector<PluginFile> files() const;
    // Directories that are not searched or whose files are refused, and why, each with what mends it.
    [[nodiscard]] std::vector<std::string> directory_faults() const;
    // Names of all drivers that files and linked plugins claim, for "did you mean".
    [[nodiscard]] std::vector<std::string> driver_names() const;

    // True if some plugin (also a refused one) claims the driver; a file without a readable note claims the
    // NAME of otto-NAME.so.
    [[nodiscard]] bool knows(const DriverWanted& wanted) const;
    // The driver's descriptor; opens its plugin. Throws Error(plugin) with the file, the table of differing
    // fingerprint keys, who needs it and the remedy. The answer, good or bad, is remembered. Any thread.
    const DriverDescriptor& driver(const DriverWanted& wanted);

    // Null if no plugin claims it; linked plugins first, then files in search order. Throws Error(plugin)
    // like driver() if the first that claims it cannot be used.
    const ReservationBackendDescriptor* reservation_backend(std::string_view name);
    const ToolDescriptor* tool(std::string_view name);
    // Linked plugins, then those that were opened, in that order.
    [[nodiscard]] std::vector<const PluginDescriptor*> loaded() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace otto
