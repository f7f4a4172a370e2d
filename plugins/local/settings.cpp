#include "settings.hpp"

namespace otto::local {

Settings::Settings(const OptionValues& options)
    : shell(options.text("shell"))
    , directory(options.optional_text("directory").value_or(std::string())) {
    if (shell.find('/') == std::string::npos)
        throw OptionError("shell", "the path of the shell must be absolute");
}

std::filesystem::path Settings::resolve(const std::filesystem::path& path) const {
    return directory / path; // an absolute path stays as it is
}

sdk::SpawnRequest Settings::shell_with(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), shell);
    sdk::SpawnRequest request(std::move(arguments));
    request.directory(directory);
    return request;
}

} // namespace otto::local
