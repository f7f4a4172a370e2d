// The whole command: from arguments to exit status. It is an ordinary client of core.
#pragma once

#include "console.hpp"

#include <string>
#include <vector>

namespace otto::cli {

// Never throws: every failure is shown and becomes a status.
int run_application(const std::vector<std::string>& arguments, Console& console);

} // namespace otto::cli
