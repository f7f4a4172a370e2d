// What a host of this driver was told, resolved for its commands and files.
#pragma once

#include <otto/command.hpp>
#include <otto/option.hpp>
#include <otto/sdk/process.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace otto::local {

struct Settings {
    explicit Settings(const OptionValues& options);

    // A path as the host understands it: relative ones start at its directory.
    [[nodiscard]] std::filesystem::path resolve(const std::filesystem::path& path) const;

    // The shell with these arguments, in the host's directory.
    [[nodiscard]] sdk::SpawnRequest shell_with(std::vector<std::string> arguments) const;

    std::string shell;
    std::filesystem::path directory; // empty: otto's own
};

} // namespace otto::local
