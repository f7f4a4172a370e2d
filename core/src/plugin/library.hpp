// Opens a plugin's library and asks its entry function. The library is never closed: an io_context keeps
// services whose code lies in it after the last host died.
#pragma once

#include "plugin/discovery.hpp"

#include <otto/plugin.hpp>

#include <string>
#include <variant>

namespace otto {

struct OpenFailure {
    std::string reason;
    std::string remedy;
};

// Any thread. `candidate` is one that was not refused.
std::variant<const PluginDescriptor*, OpenFailure> open_plugin(const Candidate& candidate);

} // namespace otto
