// The JSON reservation file, version 1. Sans I/O.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace otto {

struct Reservation {
    std::string user;
    std::vector<std::string> resources;
    std::optional<std::chrono::sys_seconds> expires;

    [[nodiscard]] bool holds_at(std::chrono::sys_seconds now) const { return !expires || *expires > now; }
};

// Throws Error(reservation) with what is wrong and where, without the file's name. Unknown keys are refused:
// a mistyped `expires` would make a reservation last for ever.
std::vector<Reservation> parse_reservations(std::string_view json);

} // namespace otto
