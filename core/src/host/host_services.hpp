// What stands behind a HostContext: everything of core that one host needs. Shared by the driver's context
// copies and core's own guard.
#pragma once

#include "runtime/event_hub.hpp"
#include "runtime/runtime_core.hpp"
#include "runtime/secret_store.hpp"
#include "runtime/task_group.hpp"

#include <otto/driver.hpp>
#include <otto/lab.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace otto {

class HostServices {
  public:
    HostServices(RuntimeCore& runtime_core, std::shared_ptr<EventHub> event_hub,
                 std::shared_ptr<SecretStore> secret_store, HostSpec host_spec, bool is_dry_run);

    // Not shared: a driver call that is left behind for good must not keep the runtime that holds its frame. The handles
    // and contexts of the user do.
    RuntimeCore& runtime;
    const std::shared_ptr<EventHub> hub;
    const std::shared_ptr<SecretStore> secrets;
    const HostSpec spec;
    const bool dry_run;
    const asio::any_io_executor strand;
    const std::shared_ptr<EventBacklog> backlog;

    // [strand] The driver's background tasks.
    TaskGroup background;
    // [strand] Set by the guard.
    std::function<void(std::string)> on_connection_lost;

    void emit(Event event) const;
    // [strand]
    task<std::string> reveal(Secret secret);
    task<std::vector<std::string>> resolve(std::string name);
    task<> blocking(std::function<void()> work);
};

} // namespace otto
