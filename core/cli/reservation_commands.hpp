// reservation whoami, reservation check.
#pragma once

#include "console.hpp"
#include "request.hpp"

namespace otto::cli {

int whoami_command(const Request& request, Console& console);
// Throws Error(reservation) for what is missing.
int reservation_check_command(const Request& request, Console& console);

} // namespace otto::cli
