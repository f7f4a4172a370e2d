#include "log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace otto::cli {

void configure_log(int verbosity) {
    auto logger = std::make_shared<spdlog::logger>("otto", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_pattern("%H:%M:%S.%e otto | %v"); // as LogSink writes its lines
    logger->set_level(verbosity > 1    ? spdlog::level::debug
                      : verbosity == 1 ? spdlog::level::info
                                       : spdlog::level::off);
    spdlog::set_default_logger(std::move(logger));
}

void log_info(std::string_view text) {
    spdlog::info("{}", text);
}

void log_debug(std::string_view text) {
    spdlog::debug("{}", text);
}

} // namespace otto::cli
