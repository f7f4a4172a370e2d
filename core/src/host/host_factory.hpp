// Makes hosts from checked specs. What a plugin refuses becomes a host all the same, whose verbs tell why:
// one bad plugin costs only the hosts that need it.
#pragma once

#include "host/host_services.hpp"

#include <otto/host.hpp>
#include <otto/plugin_registry.hpp>

#include <memory>

namespace otto {

struct HostMaker {
    std::shared_ptr<RuntimeCore> runtime;
    std::shared_ptr<EventHub> hub;
    std::shared_ptr<SecretStore> secrets;
    std::shared_ptr<PluginRegistry> plugins;
    bool dry_run = false;

    // The handle lets go of the driver on its strand when the last copy is gone. `warn_unclosed`: nobody else
    // closes this host. Throws Error(lab) when the driver refuses an option's value.
    [[nodiscard]] HostPtr make(const HostSpec& spec, bool warn_unclosed = false) const;
};

} // namespace otto
