// The one frame in which every plugin that cannot be used is reported.
#pragma once

#include <otto/plugin_registry.hpp>

namespace otto {

// Error(plugin) with these lines:
//   plugin 'acme-routers' 1.4.0 was not loaded: it was built for a different otto
//     file   /home/ana/.local/lib/otto/plugins/1/otto-acme-routers.so
//              plugin                otto
//     boost    107400  (1.74)        108100  (1.81)
//     needed by driver 'ios-xe', labs/core.yaml:7:13
//     fix    rebuild it against otto-sdk 0.3.0
// `what` is "driver 'ios-xe'".
Error refusal(const PluginFile& file, const std::string& what, const SourceMark& mark);

} // namespace otto
