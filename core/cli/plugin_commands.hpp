// plugins, and the tools that plugins bring.
#pragma once

#include "console.hpp"
#include "request.hpp"

namespace otto::cli {

// Winners, losers and why. Never a failure: a refused plugin is what the list is for.
int plugins_command(const Request& request, Console& console);
// The tool's own exit status.
int tool_command(const Request& request);

} // namespace otto::cli
