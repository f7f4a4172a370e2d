// A context is a lab, run-time flags and a scope that closes every host. open_context packs the usual use;
// the lower level it is made of is public. The active context belongs to the logical task, as Python's
// ContextVar does: it follows a coroutine across suspensions and threads, and two tasks on one thread keep
// their own.
#pragma once

#include <otto/event.hpp>
#include <otto/host.hpp>
#include <otto/lab.hpp>
#include <otto/result.hpp>
#include <otto/runtime.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace otto {

class Context;

// What closing a scope did. Every host of the scope is in exactly one list, strays excepted.
struct CloseReport {
    struct Failure {
        std::string host;
        Error error;
    };
    std::vector<std::string> closed;  // had a connection, and left politely
    std::vector<std::string> unused;  // had none
    std::vector<std::string> aborted; // did not close in time
    std::vector<Failure> failed;      // the driver's close threw
    std::vector<std::string> strays;  // a driver call that ignores cancellation still runs
    std::vector<std::string> sinks;   // sinks that threw, with what they said
    Duration duration{0};

    [[nodiscard]] bool clean() const noexcept { return aborted.empty() && failed.empty() && strays.empty(); }
};

// Closes every host of a context: all at once, a hop after those that hang on it, each within five seconds,
// all within ten; then what is left is aborted. One failure never stops another.
class OTTO_API Scope {
  public:
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope(); // a scope that was entered and not closed aborts its hosts

    // Throws Error(usage) when it has been entered before.
    void enter();
    // Never throws for a host. A second call waits for the first and returns the same report. Not cancellable.
    // But Asio lets a task that has been cancelled already await nothing, so such a task says first
    // `co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation())`. open_context does.
    task<CloseReport> close();

    // A host made elsewhere is closed by this scope from now on. Throws Error(closed) on a closing scope.
    void register_host(HostPtr host);

  private:
    friend class Context;
    struct State;
    explicit Scope(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

class OTTO_API ContextOptions {
  public:
    ContextOptions();
    ~ContextOptions();
    ContextOptions(const ContextOptions&);
    ContextOptions& operator=(const ContextOptions&);

    // Contacts nothing: labs, plugins and arguments are checked, every verb is declined with a would-run
    // event.
    ContextOptions& dry_run(bool on);
    // False: no output events. Results keep the output all the same. Default true.
    ContextOptions& log_command_output(bool on);
    ContextOptions& sink(std::shared_ptr<EventSink> sink);

    [[nodiscard]] bool is_dry_run() const noexcept { return dry_run_; }
    [[nodiscard]] bool logs_command_output() const noexcept { return log_command_output_; }
    [[nodiscard]] const std::vector<std::shared_ptr<EventSink>>& sinks() const noexcept { return sinks_; }

  private:
    bool dry_run_ = false;
    bool log_command_output_ = true;
    std::vector<std::shared_ptr<EventSink>> sinks_;
};

// How a fleet verb goes over the hosts.
class OTTO_API FleetOptions {
  public:
    FleetOptions();
    ~FleetOptions();
    FleetOptions(const FleetOptions&);
    FleetOptions& operator=(const FleetOptions&);

    FleetOptions& hosts(std::string pattern); // default: all; see Lab::select
    // A host's whole budget, connecting included, from the moment it gets its slot. Default: 30 s for each
    // command.
    FleetOptions& timeout(Duration budget);
    FleetOptions& fanout(std::size_t hosts_at_once); // default 64
    FleetOptions& stop_on_failure(bool on = true);   // a host's remaining commands are then not run
    FleetOptions&
    close_each(bool on = true); // closes each host inside its slot, when its commands have ended
    FleetOptions&
    overrides(Overrides overrides); // fresh hosts with these options; what a driver lacks is skipped
    FleetOptions&
    on_host_done(std::function<void(const HostResult&)> callback); // [user thread] as each host ends

    [[nodiscard]] const std::string& pattern() const noexcept { return pattern_; }
    [[nodiscard]] std::optional<Duration> timeout() const noexcept { return timeout_; }
    [[nodiscard]] std::size_t fanout() const noexcept { return fanout_; }
    [[nodiscard]] bool stops_on_failure() const noexcept { return stop_on_failure_; }
    [[nodiscard]] bool closes_each() const noexcept { return close_each_; }
    [[nodiscard]] const Overrides& overrides() const noexcept { return overrides_; }
    [[nodiscard]] const std::function<void(const HostResult&)>& host_done() const noexcept {
        return on_host_done_;
    }

  private:
    std::string pattern_;
    std::optional<Duration> timeout_;
    std::size_t fanout_ = 64;
    bool stop_on_failure_ = false;
    bool close_each_ = false;
    Overrides overrides_;
    std::function<void(const HostResult&)> on_host_done_;
};

// What do_for_all_hosts got from one host: a value or an error. Default-constructed: nothing was done there.
template <class T>
class HostOutcome {
  public:
    HostOutcome() = default;
    explicit HostOutcome(T value)
        : value_(std::move(value)) {}
    explicit HostOutcome(Error error)
        : error_(std::move(error)) {}

    [[nodiscard]] bool ok() const noexcept { return value_.has_value(); }
    [[nodiscard]] const T& value() const // throws the error, or NotRun
    {
        if (error_) throw Error(*error_);
        if (!value_) throw NotRun("nothing was done on this host");
        return *value_;
    }
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }

  private:
    std::optional<T> value_;
    std::optional<Error> error_;
};

template <class T>
using FleetOutcomes = std::vector<std::pair<std::string, HostOutcome<T>>>;

// Belongs to the user executor. Copies are not made; the hosts it gives out may outlive it and then fail with
// `closed`.
class OTTO_API Context {
  public:
    // On the runtime of the calling task. Throws Error(usage) outside of one.
    explicit Context(Lab lab, ContextOptions options = ContextOptions());
    Context(Runtime& runtime, Lab lab, ContextOptions options = ContextOptions());
    Context(std::shared_ptr<RuntimeCore> runtime, Lab lab, ContextOptions options = ContextOptions());
    ~Context();
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    [[nodiscard]] const Lab& lab() const noexcept;
    [[nodiscard]] bool dry_run() const noexcept;
    [[nodiscard]] Scope& scope() noexcept;

    // The same objects on every call, in lab order. A host whose plugin cannot be used is there, too: its
    // verbs throw Error(plugin). Throws Error(usage) for a pattern that selects nothing.
    [[nodiscard]] std::vector<HostPtr> all_hosts(std::string_view pattern = {});
    [[nodiscard]] HostPtr get_host(std::string_view id);
    // A fresh host with its own connection, closed by the scope as well.
    [[nodiscard]] HostPtr get_host(std::string_view id, const Overrides& overrides);

    // The commands on every host at once, in each host's session (`run`) or each independent (`exec`). Never
    // throws for one host; throws Error(usage) for a pattern that selects nothing.
    task<FleetResult> run_on_all_hosts(Commands commands, FleetOptions options = FleetOptions());
    task<FleetResult> exec_on_all_hosts(Commands commands, FleetOptions options = FleetOptions());

    // Any callable on every host: `task<T> fn(otto::Host&)`. T is not void.
    template <class F>
    auto do_for_all_hosts(F&& fn, FleetOptions options = FleetOptions()) {
        OTTO_REQUIRE_NAMED_BODY(F);
        using T = typename std::invoke_result_t<std::decay_t<F>&, Host&>::value_type;
        return do_for_impl<T>(std::function<task<T>(Host&)>(std::forward<F>(fn)), std::move(options));
    }

    // Reports an event of the application's own to the sinks.
    void emit(Event event);

    // The texts of the secrets that drivers have used so far: for masking what is written down, and nothing else. Any
    // thread.
    [[nodiscard]] std::vector<std::string> revealed_secrets() const;

    struct State;
    [[nodiscard]] const std::shared_ptr<State>& state() const noexcept { return state_; }

  private:
    // Calls `one(index, host)` for every selected host, at most `fanout` at once, each within its budget.
    using ForOne = std::function<task<>(std::size_t, Host&)>;
    using Failed = std::function<void(std::size_t, Error)>;
    task<> for_each_host(FleetOptions options, std::vector<std::string> ids, ForOne one, Failed failed);
    [[nodiscard]] std::vector<std::string> selected(const FleetOptions& options) const;
    task<FleetResult> command_on_all_hosts(Commands commands, FleetOptions options, bool independent);

    template <class T>
    task<FleetOutcomes<T>> do_for_impl(std::function<task<T>(Host&)> fn, FleetOptions options) {
        std::vector<std::string> ids = selected(options);
        FleetOutcomes<T> outcomes;
        for (const auto& id : ids)
            outcomes.emplace_back(id, HostOutcome<T>());
        ForOne one = [&](std::size_t i, Host& host) -> task<> {
            T value = co_await fn(host);
            outcomes[i].second = HostOutcome<T>(std::move(value));
        };
        Failed failed = [&](std::size_t i, Error error) {
            outcomes[i].second = HostOutcome<T>(std::move(error));
        };
        co_await for_each_host(std::move(options), ids, one, failed);
        co_return outcomes;
    }

    std::shared_ptr<State> state_;
};

// ---- The active context of the calling logical task.

class OTTO_API ContextToken {
  public:
    ContextToken() = default;

  private:
    friend OTTO_API ContextToken set_context(Context& context);
    friend OTTO_API void reset_context(const ContextToken& token);
    std::shared_ptr<void> slot_;
    std::size_t depth_ = 0;
};

// Makes the context the calling task's active one until reset_context puts the former one back. Tokens are
// reset in reverse order: anything else is Error(usage), as is calling it outside of a task of otto.
OTTO_API ContextToken set_context(Context& context);
OTTO_API void reset_context(const ContextToken& token);

// Null when there is none.
[[nodiscard]] OTTO_API Context* active_context() noexcept;

// On the active context; Error(usage) without one.
[[nodiscard]] OTTO_API std::vector<HostPtr> all_hosts(std::string_view pattern = {});
[[nodiscard]] OTTO_API HostPtr get_host(std::string_view id);
[[nodiscard]] OTTO_API HostPtr get_host(std::string_view id, const Overrides& overrides);

// ---- Hosts outside of any context: yours to close, like a file descriptor. Dropped unclosed it aborts, and
// the sinks hear a warning. The spec is checked as a lab entry would be; the plugins are searched in the
// default places.
[[nodiscard]] OTTO_API HostPtr make_host(Runtime& runtime, const HostSpec& spec,
                                         const ContextOptions& options = ContextOptions(),
                                         std::shared_ptr<PluginRegistry> plugins = nullptr);
// On the runtime of the calling task.
[[nodiscard]] OTTO_API HostPtr make_host(const HostSpec& spec,
                                         const ContextOptions& options = ContextOptions(),
                                         std::shared_ptr<PluginRegistry> plugins = nullptr);

// ---- open_context

class OTTO_API OpenOptions {
  public:
    explicit OpenOptions(const char* lab); // one name, several ("a+b") or a path
    explicit OpenOptions(std::string lab);
    explicit OpenOptions(std::vector<std::string> labs);
    explicit OpenOptions(Lab lab);
    ~OpenOptions();
    OpenOptions(const OpenOptions&);
    OpenOptions& operator=(const OpenOptions&);

    OpenOptions& search_path(std::filesystem::path dir);
    OpenOptions& plugin_dir(std::filesystem::path dir);
    OpenOptions& default_plugin_dirs(bool on);
    OpenOptions& plugins(std::shared_ptr<PluginRegistry> registry);
    OpenOptions& dry_run(bool on = true);
    OpenOptions& log_command_output(bool on);
    OpenOptions& sink(std::shared_ptr<EventSink> sink);
    // Filled in when the scope has closed, also when the body throws.
    OpenOptions& report_to(std::shared_ptr<CloseReport> report);

    [[nodiscard]] Lab load() const; // throws LabError
    [[nodiscard]] const ContextOptions& context_options() const noexcept { return context_; }
    [[nodiscard]] const std::shared_ptr<CloseReport>& report() const noexcept { return report_; }

  private:
    std::variant<std::vector<std::string>, Lab> lab_;
    LoadOptions load_;
    ContextOptions context_;
    std::shared_ptr<CloseReport> report_;
};

namespace detail {
OTTO_API task<> open_context_erased(OpenOptions options, std::function<task<>(Context&)> body);

template <class T>
task<T> open_context_impl(OpenOptions options, std::function<task<T>(Context&)> body) {
    if constexpr (std::is_void_v<T>) {
        co_await open_context_erased(std::move(options), std::move(body));
    } else {
        std::optional<T> value;
        std::function<task<>(Context&)> keep = [&](Context& context) -> task<> {
            value = co_await body(context);
        };
        co_await open_context_erased(std::move(options), std::move(keep));
        co_return std::move(*value);
    }
}
} // namespace detail

// Loads the lab, makes the context active for the body, enters its scope, runs the body, and on every way out
// (return, exception, cancellation) closes the hosts in bounded time. The caller's own active context is
// never touched: the body runs as a logical task of its own, on the caller's thread. Throws what the body
// throws, LabError, Error(plugin).
template <class F>
auto open_context(OpenOptions options, F&& body) {
    OTTO_REQUIRE_NAMED_BODY(F);
    using T = typename std::invoke_result_t<std::decay_t<F>&, Context&>::value_type;
    return detail::open_context_impl<T>(std::move(options),
                                        std::function<task<T>(Context&)>(std::forward<F>(body)));
}

} // namespace otto
