// The command's own log on standard error, with -v.
#pragma once

#include <string_view>

namespace otto::cli {

// 0: silent; 1: info; 2: debug too. Called once, before the first message.
void configure_log(int verbosity);
void log_info(std::string_view text);
void log_debug(std::string_view text);

} // namespace otto::cli
