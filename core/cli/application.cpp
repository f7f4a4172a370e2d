#include "application.hpp"

#include "arguments.hpp"
#include "fleet_command.hpp"
#include "lab_commands.hpp"
#include "log.hpp"
#include "plugin_commands.hpp"
#include "reservation_commands.hpp"
#include "tally.hpp"

#include <cstring>

namespace otto::cli {
namespace {

int dispatch(const Request& request, Console& console) {
    switch (request.verb) {
    case Verb::run:
    case Verb::exec:
    case Verb::put:
    case Verb::get:
    case Verb::check:
        return fleet_command(request, console);
    case Verb::hosts:
        return hosts_command(request, console);
    case Verb::lab_check:
        return lab_check_command(request, console);
    case Verb::schema:
        return schema_command(request, console);
    case Verb::plugins:
        return plugins_command(request, console);
    case Verb::reservation_whoami:
        return whoami_command(request, console);
    case Verb::reservation_check:
        return reservation_check_command(request, console);
    case Verb::tool:
        return tool_command(request);
    case Verb::help:
    case Verb::version:
        break;
    }
    console.out().write(request.text);
    return exit_status::success;
}

// A backend that cannot answer must not stop somebody who knows what he does; a missing reservation must.
void show(const Error& error, Console& console) {
    console.error(error);
    const bool missing = dynamic_cast<const MissingReservationError*>(&error) != nullptr;
    if (error.code() == Errc::reservation && !missing)
        console.note("to go on without reservations, add -R (--skip-reservation-check)");
}

int run_and_show_errors(const std::vector<std::string>& arguments, Console& console) {
    try {
        const Request request = parse_arguments(arguments);
        console.quiet(request.quiet);
        configure_log(request.verbosity);
        return dispatch(request, console);
    } catch (const Error& error) {
        show(error, console);
        return exit_status_of(error);
    } catch (const std::exception& error) {
        console.error(std::string(error.what()) + " (this is a bug of otto)");
        return exit_status::failure;
    }
}

} // namespace

int run_application(const std::vector<std::string>& arguments, Console& console) {
    const int status = run_and_show_errors(arguments, console);
    if (status > 128 || console.out().error() == 0) return status;
    if (console.out().closed()) return exit_status::output_closed;
    console.error("cannot write to standard output: " + std::string(std::strerror(console.out().error())));
    return status == exit_status::success ? exit_status::failure : status;
}

} // namespace otto::cli
