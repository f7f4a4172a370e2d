#include "host/host_guard.hpp"

#include <otto/option.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace otto {
namespace {

constexpr Duration recovery_limit{5'000};

} // namespace

HostGuard::HostGuard(Host& host, HostContext host_context)
    : context(std::move(host_context))
    , host_(host)
    , services_(context.services_)
    , turn_(services_->strand)
    , close_turn_(services_->strand)
    , changed_(services_->strand, "something of this host has ended") {
    services_->on_connection_lost = [this](std::string why) { connection_lost(std::move(why)); };
}

HostGuard::~HostGuard() {
    services_->on_connection_lost = nullptr;
}

// ---- Calls

HostGuard::CallPtr HostGuard::make_call(std::string verb, Duration timeout) const {
    return std::make_shared<Call>(services_->runtime, services_->strand, std::move(verb), timeout);
}

Duration HostGuard::effective_timeout(std::optional<Duration> asked, Duration fallback) const {
    const Duration timeout = asked ? *asked : fallback;
    if (timeout > Duration::zero()) return timeout;
    throw with_host(Error(Errc::usage, "a timeout must be longer than nothing"))
        .advice("otto::unbounded asks for no limit");
}

Error HostGuard::with_host(Error error) const {
    if (error.host().empty()) error.host(services_->spec.id());
    return error;
}

void HostGuard::check_usable() const {
    if (retired_) throw with_host(Error(Errc::closed, "the scope of this host has closed"));
    if (strays_ > 0)
        throw with_host(
            Error(Errc::driver_fault, "an earlier call that ignored its cancellation has not ended yet"));
}

task<> HostGuard::perform(CallPtr call, std::function<task<>()> work) {
    check_usable();
    const HostPtr keep = host_.shared_from_this(); // also for work that is given up
    std::function<task<>()> on_strand = [this, keep, call, work = std::move(work)] {
        return tracked(call, work);
    };
    std::function<void()> on_stray = [this, keep, call] { given_up(call); };
    std::function<void()> on_stray_end = [this, keep] {
        --strays_;
        changed_.notify();
    };
    std::exception_ptr failure;
    try {
        co_await call->perform(std::move(on_strand), std::move(on_stray), std::move(on_stray_end));
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) throw with_host(error_from(failure, Errc::driver_fault));
}

void HostGuard::given_up(const CallPtr& call) {
    ++strays_;
    asio::post(services_->strand, [this, keep = host_.shared_from_this(), call] {
        if (std::erase(active_, call) > 0) --active_count_;
        drop();
    });
}

task<> HostGuard::tracked(CallPtr call, std::function<task<>()> work) {
    check_usable();
    active_.push_back(call);
    ++active_count_;
    std::exception_ptr failure;
    try {
        co_await work();
    } catch (...) {
        failure = std::current_exception();
    }
    if (std::erase(active_, call) > 0) --active_count_;
    changed_.notify();
    if (failure) throw call->error_of(failure);
}

// ---- Opening

task<> HostGuard::open(Duration timeout) {
    check_usable();
    if (services_->dry_run) {
        services_->emit(Event(EventKind::would_run, "connect"));
        co_return;
    }
    const CallPtr call = make_call("open", effective_timeout(timeout, timeout));
    std::function<task<>()> work = [this, call] { return ensure_open(call); };
    co_await perform(call, std::move(work));
}

task<> HostGuard::ensure_open(CallPtr call) {
    for (;;) {
        check_usable();
        if (state_ == HostState::open) co_return;
        if (state_ == HostState::closing || (attempt_ && attempt_->stopping)) {
            call->phase("waiting for the former connection to end");
            co_await changed_.wait();
            continue;
        }
        call->phase("connecting");
        const auto attempt = attempt_ ? attempt_ : start_attempt(); // which may end at once
        co_await wait_for_attempt(attempt);
    }
}

std::shared_ptr<HostGuard::Attempt> HostGuard::start_attempt() {
    finish_abort();
    const auto attempt = std::make_shared<Attempt>(services_->strand);
    attempt_ = attempt;
    auto ended = [attempt, strand = services_->strand](std::exception_ptr) {
        asio::post(strand, [attempt] {}); // the ending coroutine still refers to the signal
    };
    asio::co_spawn(services_->strand, run_attempt(attempt, host_.shared_from_this()),
                   asio::bind_cancellation_slot(attempt->stop.slot(), std::move(ended)));
    return attempt;
}

task<> HostGuard::run_attempt(std::shared_ptr<Attempt> attempt, HostPtr /*keep*/) {
    state_ = HostState::opening;
    services_->emit(Event(EventKind::connecting));
    try {
        co_await host_.do_open();
    } catch (...) {
        attempt->failure = std::current_exception();
    }
    if (!attempt->failure && attempt->stopping)
        attempt->failure = std::make_exception_ptr(Error(Errc::closed, "closed while connecting"));
    if (attempt->failure) {
        host_.do_abort();
        services_->background.cancel();
        state_ = HostState::closed;
    } else {
        ++connection_;
        state_ = HostState::open;
        services_->emit(Event(EventKind::connected));
    }
    attempt->ended = true;
    attempt_.reset();
    attempt->ended_notice.notify();
    changed_.notify();
}

task<> HostGuard::wait_for_attempt(std::shared_ptr<Attempt> attempt) {
    ++attempt->waiting;
    std::exception_ptr cancelled;
    try {
        while (!attempt->ended)
            co_await attempt->ended_notice.wait();
    } catch (...) {
        cancelled = std::current_exception();
    }
    --attempt->waiting;
    if (!cancelled) {
        if (attempt->failure) std::rethrow_exception(attempt->failure);
        co_return;
    }
    if (attempt->waiting == 0 && !attempt->ended) {
        // Nobody else wants this connection. Seeing it end makes a driver that ignores cancellation known.
        attempt->stopping = true;
        attempt->stop.emit(asio::cancellation_type::terminal);
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        while (!attempt->ended)
            co_await attempt->ended_notice.wait();
    }
    std::rethrow_exception(cancelled);
}

// ---- Commands

struct HostGuard::CommandRun {
    CommandRun(Command c, bool session, DriverCommand d)
        : command(std::move(c))
        , in_session(session)
        , driver(std::move(d)) {}
    Command command;
    bool in_session;
    DriverCommand driver;
    std::shared_ptr<CommandRecorder> recorder;
    std::optional<CommandResult> result;
};

namespace {

std::string describe_end(const CommandResult& result) {
    if (result.error())
        return std::string(to_string(result.error()->code())) + ": " + result.error()->message();
    if (!result.signal().empty()) return "signal " + result.signal();
    return "exit status " + std::to_string(result.exit_status().value_or(-1));
}

} // namespace

task<CommandResult> HostGuard::command(std::string verb, Command command, bool in_session,
                                       DriverCommand driver) {
    check_usable();
    const Duration usual = services_->spec.timeout().value_or(Duration(30'000));
    const CallPtr call = make_call(std::move(verb), effective_timeout(command.timeout(), usual));
    if (services_->dry_run) {
        services_->emit(Event(EventKind::would_run, command.text()));
        co_return CommandResult(command.text());
    }
    const auto run = std::make_shared<CommandRun>(std::move(command), in_session, std::move(driver));
    run->recorder = std::make_shared<CommandRecorder>(run->command, services_->spec.id(), services_->hub,
                                                      services_->backlog);
    std::function<task<>()> work = [this, call, run] { return run_command(call, run); };
    std::optional<Error> given_up;
    try {
        co_await perform(call, std::move(work));
    } catch (const Error& error) {
        if (!run->recorder->was_handed_over()) throw;
        given_up = error;
    }
    CommandResult result;
    // A call that was given up may still write into its own result: this one is made of what was recorded.
    if (given_up)
        result = run->recorder->finish(CommandExit(), std::move(given_up));
    else
        result = std::move(*run->result);
    services_->emit(Event(EventKind::command_ended, describe_end(result)));
    co_return result;
}

task<> HostGuard::run_command(CallPtr call, std::shared_ptr<CommandRun> run) {
    std::shared_ptr<TurnHold> hold;
    if (run->in_session) {
        if (!turn_.holder().empty()) call->phase("waiting for its turn, which " + turn_.holder() + " holds");
        co_await turn_.take(call->verb() + " '" + run->command.text().substr(0, 60) + "'");
        hold = std::make_shared<TurnHold>(turn_);
    }
    co_await ensure_open(call);
    call->phase("running");
    services_->emit(Event(EventKind::command_started, run->command.text()));
    const auto connection = connection_;
    CommandExit exit;
    std::exception_ptr failure;
    try {
        exit = co_await run->driver(run->command, run->recorder);
    } catch (...) {
        failure = std::current_exception();
    }
    const bool unknown = !exit.status() && exit.signal().empty();
    const bool cut_short = failure || (unknown && call->is_cut());
    const bool sent = run->recorder->was_handed_over();
    if (cut_short && sent && hold && state_ == HostState::open && connection_ == connection) {
        ++recoveries_;
        asio::co_spawn(services_->strand, recover(hold, host_.shared_from_this()), asio::detached);
    }
    if (failure && !sent) std::rethrow_exception(failure);
    std::optional<Error> error;
    if (failure)
        error = with_host(call->error_of(failure));
    else if (cut_short)
        error = with_host(call->cut_error());
    run->result = run->recorder->finish(exit, std::move(error));
}

task<> HostGuard::recover(std::shared_ptr<TurnHold> hold, HostPtr /*keep*/) {
    const auto connection = connection_;
    const auto recovered = std::make_shared<bool>(false);
    std::string why = "it could not be recovered";
    const CallPtr call = make_call("recovery of the session", recovery_limit);
    std::function<task<>()> work = [this, recovered]() -> task<> {
        *recovered = co_await host_.do_recover();
    };
    try {
        co_await perform(call, std::move(work));
    } catch (const Error& error) {
        why = error.message();
    }
    if (!*recovered && state_ == HostState::open && connection_ == connection) {
        drop();
        services_->emit(Event(EventKind::session_discarded, why));
    }
    --recoveries_;
    hold.reset();
    changed_.notify();
}

// ---- Other verbs

task<TransferResult> HostGuard::transfer(std::string verb, std::string source, std::string destination,
                                         TransferOptions options, DriverTransfer driver) {
    check_usable();
    const Duration usual = services_->spec.timeout().value_or(Duration(30'000));
    const Duration generous = std::max<Duration>(usual * 10, std::chrono::minutes(5));
    const CallPtr call = make_call(verb, effective_timeout(options.timeout(), generous));
    if (services_->dry_run) {
        services_->emit(Event(EventKind::would_run, verb + " " + source + " " + destination));
        co_return ResultBuilder::transfer_not_run(std::move(source), std::move(destination));
    }
    const auto start = std::chrono::steady_clock::now();
    const auto bytes = std::make_shared<std::uint64_t>(0);
    const auto progress =
        std::make_shared<TransferProgress>([services = services_](std::uint64_t done, std::uint64_t total) {
            Event event(EventKind::transfer_progress);
            event.progress(done, total);
            services->emit(std::move(event));
        });
    std::function<task<>()> work = [this, call, bytes, progress, driver]() -> task<> {
        co_await ensure_open(call);
        call->phase("transferring");
        *bytes = co_await driver(progress);
    };
    co_await perform(call, std::move(work));
    const auto took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start);
    co_return ResultBuilder::transfer(*bytes, std::move(source), std::move(destination), took);
}

task<> HostGuard::enter(std::string what, Duration timeout, std::function<task<>()> body) {
    check_usable();
    const CallPtr call = make_call(what, effective_timeout(timeout, timeout));
    if (services_->dry_run) {
        services_->emit(Event(EventKind::would_run, what));
        throw NotRun(what + " was not run: this is a dry run").host(services_->spec.id());
    }
    std::function<task<>()> work = [this, call, body]() -> task<> {
        co_await ensure_open(call);
        call->phase("running");
        co_await body();
    };
    co_await perform(call, std::move(work));
}

} // namespace otto
