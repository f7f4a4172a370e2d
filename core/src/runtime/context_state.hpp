// The inside of a context, shared by the context, its scope and the tasks that have it as their active one.
#pragma once

#include "host/host_factory.hpp"

#include <otto/context.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace otto {

enum class ScopePhase { not_entered, entered, closing, closed };

// [user thread]
struct Scope::State {
    explicit State(asio::any_io_executor user)
        : ended(std::move(user), "the scope has closed") {}

    std::shared_ptr<EventHub> hub;
    ScopePhase phase = ScopePhase::not_entered;
    std::vector<HostPtr> hosts; // everything that has to be closed
    CloseReport report;
    Notifier ended;
};

// [user thread]
struct Context::State {
    State(std::shared_ptr<RuntimeCore> runtime, Lab of_lab, const ContextOptions& options);

    Context* self = nullptr; // null once the context has ended
    Lab lab;
    HostMaker maker;
    std::shared_ptr<Scope::State> scope_state;
    Scope scope;
    std::map<std::string, HostPtr, std::less<>> hosts; // made at first use, then always the same

    HostPtr host(const HostSpec& spec);
    // Throws Error(closed) when the scope is closing.
    void take_into_scope(const HostPtr& host) const;
};

// The specs of the ids, in order.
std::vector<std::string> selected_ids(const Lab& lab, std::string_view pattern);

} // namespace otto
