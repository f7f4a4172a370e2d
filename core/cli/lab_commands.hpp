// hosts, lab check, schema: what a lab says, without contacting anything.
#pragma once

#include "console.hpp"
#include "request.hpp"

namespace otto::cli {

int hosts_command(const Request& request, Console& console);
int lab_check_command(const Request& request, Console& console);
int schema_command(const Request& request, Console& console);

} // namespace otto::cli
