#include "reservation_commands.hpp"

#include "session.hpp"
#include "tally.hpp"

#include <nlohmann/json.hpp>

namespace otto::cli {
namespace {

using nlohmann::ordered_json;

// A single object: an array of one in `json` would only be in the way.
void show(const Request& request, Console& console, const std::string& text, const ordered_json& object) {
    if (request.format == Format::text)
        console.out().write(text + "\n");
    else
        console.out().write(object.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n");
}

} // namespace

int whoami_command(const Request& request, Console& console) {
    const std::string user = reservation_user(request);
    ordered_json object;
    object["user"] = user;
    show(request, console, user, object);
    return exit_status::success;
}

int reservation_check_command(const Request& request, Console& console) {
    const Lab lab = load_request_lab(request, console, make_registry(request));
    const std::vector<std::string> resources = required_resources(lab);
    const std::string user = reservation_user(request);
    const auto backend = request_backend(request, lab);
    ordered_json object;
    object["user"] = user;
    object["backend"] = backend ? ordered_json(backend->name()) : ordered_json();
    object["resources"] = resources;
    if (!backend) {
        show(request, console, "no reservation backend: nothing is gated", object);
        return exit_status::success;
    }
    check_reservations(lab, user, *backend);
    show(request, console, user + " holds all " + std::to_string(resources.size()) + " resources", object);
    return exit_status::success;
}

} // namespace otto::cli
