// Whether a descriptor keeps the rules of <otto/plugin.hpp>.
#pragma once

#include <otto/plugin.hpp>

#include <optional>
#include <string>

namespace otto {

// What is wrong with it, as the end of a sentence that begins with the plugin; nothing for a sound one. The
// fingerprint is compared by the caller, who knows what with.
std::optional<std::string> fault_of(const PluginDescriptor& descriptor);

} // namespace otto
