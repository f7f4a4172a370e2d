// What is said when a backend cannot answer: who, why, and how to go on without it.
#pragma once

#include <otto/error.hpp>

#include <string>

namespace otto {

inline constexpr const char* skip_advice = "to go on without reservations: -R/--skip-reservation-check";

inline Error backend_failure(const std::string& what) {
    return Error(Errc::reservation, what).advice(skip_advice);
}

} // namespace otto
