#include "runtime/context_state.hpp"
#include "runtime/task_slot.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace otto {

Context::State::State(std::shared_ptr<RuntimeCore> runtime, Lab of_lab, const ContextOptions& options)
    : lab(std::move(of_lab))
    , scope_state(std::make_shared<Scope::State>(runtime->user()))
    , scope(scope_state) {
    maker.hub = std::make_shared<EventHub>(runtime->user(), options.sinks(), options.logs_command_output());
    maker.secrets = std::make_shared<SecretStore>();
    maker.plugins = lab.plugins();
    maker.dry_run = options.is_dry_run();
    maker.runtime = std::move(runtime);
    scope_state->hub = maker.hub;
}

void Context::State::take_into_scope(const HostPtr& host) const {
    if (scope_state->phase >= ScopePhase::closing)
        throw Error(Errc::closed, "the scope is closing").host(host->id());
    scope_state->hosts.push_back(host);
}

HostPtr Context::State::host(const HostSpec& spec) {
    const auto found = hosts.find(spec.id());
    if (found != hosts.end()) return found->second;
    HostPtr made = maker.make(spec);
    take_into_scope(made);
    hosts.emplace(spec.id(), made);
    return made;
}

std::vector<std::string> selected_ids(const Lab& lab, std::string_view pattern) {
    if (!pattern.empty()) return lab.select(pattern);
    std::vector<std::string> ids;
    for (const auto& spec : lab.hosts())
        ids.push_back(spec.id());
    return ids;
}

Context::Context(Lab lab, ContextOptions options)
    : Context(Runtime::current(), std::move(lab), std::move(options)) {}

Context::Context(Runtime& runtime, Lab lab, ContextOptions options)
    : Context(runtime.core(), std::move(lab), std::move(options)) {}

Context::Context(std::shared_ptr<RuntimeCore> runtime, Lab lab, ContextOptions options)
    : state_(std::make_shared<State>(std::move(runtime), std::move(lab), options)) {
    state_->self = this;
}

Context::~Context() {
    state_->self = nullptr;
}

const Lab& Context::lab() const noexcept {
    return state_->lab;
}

bool Context::dry_run() const noexcept {
    return state_->maker.dry_run;
}

Scope& Context::scope() noexcept {
    return state_->scope;
}

std::vector<std::string> Context::revealed_secrets() const {
    return state_->maker.secrets->revealed();
}

void Context::emit(Event event) {
    state_->maker.hub->post(std::move(event));
}

std::vector<HostPtr> Context::all_hosts(std::string_view pattern) {
    std::vector<HostPtr> hosts;
    for (const auto& id : selected_ids(state_->lab, pattern))
        hosts.push_back(get_host(id));
    return hosts;
}

namespace {

const HostSpec& find_spec(const Lab& lab, std::string_view id) {
    if (const HostSpec* spec = lab.find(id)) return *spec;
    std::vector<std::string> names;
    for (const auto& spec : lab.hosts())
        names.push_back(spec.id());
    Error error(Errc::usage, "the lab '" + lab.name() + "' has no host '" + std::string(id) + "'");
    if (const auto near = nearest_name(id, names)) error.advice("did you mean '" + *near + "'?");
    throw error;
}

} // namespace

HostPtr Context::get_host(std::string_view id) {
    return state_->host(find_spec(state_->lab, id));
}

HostPtr Context::get_host(std::string_view id, const Overrides& overrides) {
    HostPtr host =
        state_->maker.make(apply_overrides(find_spec(state_->lab, id), overrides, *state_->maker.plugins));
    state_->take_into_scope(host);
    return host;
}

// ---- The active context

namespace {

Context& require_active() {
    if (Context* active = active_context()) return *active;
    throw Error(Errc::usage, "no context is active in this task")
        .advice("use open_context, set_context or a BlockingContext, or call the verb on a Context");
}

} // namespace

Context* active_context() noexcept {
    const auto& slot = current_slot();
    if (!slot || slot->contexts.empty()) return nullptr;
    const auto state = slot->contexts.back().lock();
    return state ? state->self : nullptr;
}

ContextToken set_context(Context& context) {
    const auto& slot = current_slot();
    if (!slot)
        throw Error(Errc::usage, "set_context was called outside of a task of otto")
            .advice("start the task with otto::run, or co_spawn it on the executor() of a Runtime");
    slot->contexts.push_back(context.state());
    ContextToken token;
    token.slot_ = slot;
    token.depth_ = slot->contexts.size();
    return token;
}

void reset_context(const ContextToken& token) {
    const auto slot = std::static_pointer_cast<TaskSlot>(token.slot_);
    if (!slot || slot != current_slot())
        throw Error(Errc::usage, "reset_context got a token of another task");
    if (slot->contexts.size() != token.depth_)
        throw Error(Errc::usage, "reset_context was called out of order")
            .advice("reset contexts in the reverse order of set_context");
    slot->contexts.pop_back();
}

std::vector<HostPtr> all_hosts(std::string_view pattern) {
    return require_active().all_hosts(pattern);
}

HostPtr get_host(std::string_view id) {
    return require_active().get_host(id);
}

HostPtr get_host(std::string_view id, const Overrides& overrides) {
    return require_active().get_host(id, overrides);
}

// ---- Hosts outside of any context

namespace {

HostPtr make_lone_host(std::shared_ptr<RuntimeCore> runtime, const HostSpec& spec,
                       const ContextOptions& options, std::shared_ptr<PluginRegistry> plugins) {
    HostMaker maker;
    maker.hub = std::make_shared<EventHub>(runtime->user(), options.sinks(), options.logs_command_output());
    maker.secrets = std::make_shared<SecretStore>();
    maker.plugins = plugins ? std::move(plugins) : std::make_shared<PluginRegistry>();
    maker.dry_run = options.is_dry_run();
    maker.runtime = std::move(runtime);
    return maker.make(check_spec(spec, *maker.plugins), true);
}

} // namespace

HostPtr make_host(Runtime& runtime, const HostSpec& spec, const ContextOptions& options,
                  std::shared_ptr<PluginRegistry> plugins) {
    return make_lone_host(runtime.core(), spec, options, std::move(plugins));
}

HostPtr make_host(const HostSpec& spec, const ContextOptions& options,
                  std::shared_ptr<PluginRegistry> plugins) {
    return make_lone_host(Runtime::current(), spec, options, std::move(plugins));
}

// ---- Tasks beside the calling one

namespace {

task<> run_spawned(asio::any_io_executor own, task<> work, std::shared_ptr<EventHub> hub) {
    std::exception_ptr failure;
    try {
        co_await asio::co_spawn(own, std::move(work), asio::use_awaitable);
    } catch (...) {
        failure = std::current_exception();
    }
    if (!failure || !hub) co_return;
    const Error error = error_from(failure, Errc::internal);
    if (error.code() != Errc::cancelled)
        hub->post(Event(EventKind::warning, std::string("a spawned task failed: ") + error.what()));
}

} // namespace

void detail::spawn_erased(task<> work) {
    const auto core = Runtime::current();
    const Context* active = active_context();
    auto hub = active ? active->state()->maker.hub : nullptr;
    core->spawned->spawn(run_spawned(core->user_task(current_slot().get()), std::move(work), std::move(hub)));
}

} // namespace otto
