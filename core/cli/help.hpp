// The texts of --help and --version, and the commands' names.
#pragma once

#include <string>
#include <vector>

namespace otto::cli {

std::string help_text();
std::string version_text();
// The built-in commands, for "did you mean".
std::vector<std::string> command_names();

} // namespace otto::cli
