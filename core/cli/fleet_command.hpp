// run, exec, put, get and check: one verb on the hosts of a lab, or on one of them.
#pragma once

#include "console.hpp"
#include "request.hpp"

namespace otto::cli {

// The exit status. Throws what stops it before any host was contacted.
int fleet_command(const Request& request, Console& console);

} // namespace otto::cli
