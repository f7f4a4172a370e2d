// What stands before every contact with a host: the lab is loaded, the request checked against it, the
// reservations looked up.
#pragma once

#include "console.hpp"
#include "request.hpp"

#include <memory>
#include <string>
#include <vector>

namespace otto::cli {

// Where plugins are searched, as the request says.
std::shared_ptr<PluginRegistry> make_registry(const Request& request);

// Loads the labs that were asked for, else those of OTTO_LAB; shows their warnings. Throws LabError,
// Error(usage).
Lab load_request_lab(const Request& request, Console& console, std::shared_ptr<PluginRegistry> registry);

// The hosts that the request means, in lab order. Throws Error(usage).
std::vector<std::string> selected_hosts(const Request& request, const Lab& lab);

// -o as overrides. Throws Error(usage) for an option that none of the hosts' drivers knows, and for a bad
// value.
Overrides checked_overrides(const Request& request, const Lab& lab, const std::vector<std::string>& hosts);

// Whose reservations count.
std::string reservation_user(const Request& request);
// The backend of the request or the lab; null if there is none, and nothing is gated.
std::unique_ptr<ReservationBackend> request_backend(const Request& request, const Lab& lab);
// Throws Error(reservation), MissingReservationError.
void gate(const Request& request, const Lab& lab);

} // namespace otto::cli
