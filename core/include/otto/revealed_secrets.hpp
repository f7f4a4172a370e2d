// For sinks that write what a device said to a place where secrets must not be: transcripts.
#pragma once

#include <otto/context.hpp>

#include <string>
#include <vector>

namespace otto {

// The values of the secrets that the context's hosts have used so far. Any thread. Handle with care: nothing
// else gives a secret's value to a program.
[[nodiscard]] OTTO_API std::vector<std::string> revealed_secrets(const Context& context);

} // namespace otto
