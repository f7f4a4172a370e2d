// Events that concern a person whatever the format is: warnings on standard error, and with -v the otto
// logger.
#pragma once

#include "console.hpp"

#include <memory>
#include <vector>

namespace otto::cli {

std::vector<std::shared_ptr<EventSink>> notice_sinks(Console& console, int verbosity);

} // namespace otto::cli
