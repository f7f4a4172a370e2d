// Fixture plugins, and what a registry says when it refuses one.
#pragma once

#include <otto/plugin_registry.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <support/catch.hpp>

namespace otto::test {

inline std::string contents(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline std::string fixture_bytes(const std::string& name) {
    return contents(std::filesystem::path(OTTO_FIXTURE_PLUGIN_DIR) / ("otto-" + name + ".so"));
}

inline PluginSearch only(const std::filesystem::path& directory) {
    PluginSearch search;
    search.plugin_dir(directory).default_plugin_dirs(false);
    return search;
}

inline DriverWanted wanted(const std::string& driver) {
    return {driver, {}, {"labs/core.yaml", 7, 13}};
}

// What a registry over the directory says when the driver is asked for.
inline std::string refusal_of(PluginRegistry& registry, const std::string& driver) {
    try {
        registry.driver(wanted(driver));
    } catch (const Error& error) {
        CHECK(error.code() == Errc::plugin);
        return error.what();
    }
    return "not refused";
}

inline std::string refusal_in(const std::filesystem::path& directory, const std::string& driver) {
    PluginRegistry registry(only(directory));
    CHECK(registry.knows(wanted(driver)));
    return refusal_of(registry, driver);
}

inline std::string framed(const std::string& head, const std::filesystem::path& file,
                          const std::string& driver, const std::string& fix, const std::string& table = {}) {
    return "plugin " + head + "\n  file   " + file.native() + "\n" + table + "  needed by driver '" + driver +
           "', labs/core.yaml:7:13\n  fix    " + fix;
}

} // namespace otto::test
