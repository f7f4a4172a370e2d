// Closing, aborting and losing the connection: the part of the guard that must work at any moment.
#include "host/host_guard.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace otto {

task<CloseOutcome> HostGuard::close(Duration limit) {
    auto outcome = std::make_shared<CloseOutcome>();
    if (has_stray()) {
        // The strand may be stuck: nothing can be waited for.
        abort();
        outcome->kind = CloseOutcome::Kind::aborted;
        outcome->stray = true;
        co_return *outcome;
    }
    if (!needs_close()) co_return *outcome;
    const HostPtr keep = host_.shared_from_this();
    const CallPtr call = make_call("close", limit);
    std::function<task<>()> work = [this, keep, call, outcome] { return close_on_strand(call, outcome); };
    std::function<void()> on_stray = [this, keep, call] { given_up(call); };
    std::function<void()> on_stray_end = [this, keep] {
        --strays_;
        changed_.notify();
    };
    bool given_up = false;
    try {
        co_await call->perform(std::move(work), std::move(on_stray), std::move(on_stray_end));
    } catch (const Error&) {
        given_up = true;
    }
    if (!given_up) co_return *outcome;
    CloseOutcome stuck; // the stray may still write into the shared one
    stuck.kind = CloseOutcome::Kind::aborted;
    stuck.stray = true;
    co_return stuck;
}

task<> HostGuard::close_on_strand(CallPtr call, std::shared_ptr<CloseOutcome> outcome) {
    bool have_turn = true;
    try {
        co_await close_turn_.take("close");
    } catch (const boost::system::system_error&) {
        have_turn = false; // cut while another close is still at it
    }
    if (!have_turn) {
        outcome->kind = CloseOutcome::Kind::aborted;
        co_return;
    }
    const TurnHold hold(close_turn_);
    if (state_ == HostState::closed && quiet() && services_->background.empty()) co_return;
    outcome->kind = CloseOutcome::Kind::closed;
    services_->emit(Event(EventKind::closing));
    try {
        for (const auto& each : active_)
            each->cut(Cut::closed);
        while (!quiet())
            co_await changed_.wait();
        co_await close_driver(call);
        services_->background.cancel();
        co_await services_->background.join();
    } catch (...) {
        const Error error = error_from(std::current_exception(), Errc::driver_fault);
        outcome->kind = call->is_cut() ? CloseOutcome::Kind::aborted : CloseOutcome::Kind::failed;
        if (!call->is_cut()) outcome->error = with_host(error);
    }
    const bool failed = outcome->kind != CloseOutcome::Kind::closed;
    if (failed) drop();
    state_ = HostState::closed;
    const std::string why =
        outcome->error ? outcome->error->message() : "it did not close in time and was aborted";
    services_->emit(failed ? Event(EventKind::close_failed, why) : Event(EventKind::closed));
    changed_.notify();
}

task<> HostGuard::close_driver(CallPtr call) {
    finish_abort();
    if (state_ != HostState::open) co_return;
    call->phase("closing");
    state_ = HostState::closing;
    ++connection_;
    co_await host_.do_close();
}

void HostGuard::abort() noexcept {
    const HostPtr keep = host_.weak_from_this().lock();
    if (!keep) return;
    try {
        asio::post(services_->strand, [this, keep] {
            if (state_ == HostState::closed && quiet()) return;
            for (const auto& call : active_)
                call->cut(Cut::closed);
            if (attempt_ && !attempt_->ended) {
                attempt_->stopping = true;
                attempt_->stop.emit(asio::cancellation_type::terminal);
            }
            drop();
        });
    } catch (const std::exception&) {
        // Out of memory: the destructor of the runtime is the next backstop.
    }
}

void HostGuard::drop() {
    abort_pending_ = false;
    host_.do_abort();
    services_->background.cancel();
    ++connection_;
    if (!attempt_) state_ = HostState::closed;
    changed_.notify();
}

void HostGuard::finish_abort() {
    if (abort_pending_) drop();
}

void HostGuard::connection_lost(std::string why) {
    if (state_ != HostState::open) return;
    state_ = HostState::closed;
    ++connection_;
    abort_pending_ = true; // later: the driver's own code is on the stack
    services_->emit(Event(EventKind::closed, "the connection was lost: " + why));
    asio::post(services_->strand, [this, keep = host_.shared_from_this()] { finish_abort(); });
}

namespace {

task<> join_and_release(HostPtr inner, std::shared_ptr<HostServices> services) {
    services->background.cancel();
    try {
        co_await services->background.join();
    } catch (const std::exception&) {
        // Nobody is left who could be told.
    }
    inner.reset();
}

} // namespace

void HostGuard::release(HostPtr inner) {
    HostGuard& guard = of(*inner);
    const auto services = guard.services_;
    if (services->runtime.ended()) return; // no strand to go to: the driver ends here
    if (guard.needs_close()) guard.abort();
    asio::any_io_executor strand = services->strand;
    asio::co_spawn(strand, join_and_release(std::move(inner), services), asio::detached);
}

} // namespace otto
