// The command line as a Request. Pure: reads no file, no environment and prints nothing.
#pragma once

#include "request.hpp"

#include <string>
#include <vector>

namespace otto::cli {

// `arguments` are those after the program's name. Throws Error(usage) for every fault.
Request parse_arguments(const std::vector<std::string>& arguments);

} // namespace otto::cli
