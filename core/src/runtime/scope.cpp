#include "host/host_guard.hpp"
#include "runtime/context_state.hpp"
#include "runtime/task_group.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace otto {
namespace {

constexpr Duration whole_budget{10'000};
constexpr Duration host_budget{5'000};

// One close of a scope: all hosts at once, but a hop after those that hang on it.
class ScopeClosing {
  public:
    ScopeClosing(asio::any_io_executor user, std::vector<HostPtr> hosts, CloseReport& report)
        : hosts_(std::move(hosts))
        , report_(report)
        , deadline_(deadline_after(whole_budget))
        , ended_(user, "the hosts behind a hop have closed")
        , group_(user) {
        for (const auto& host : hosts_)
            if (const auto& hop = HostGuard::of(*host).services()->spec.hop()) ++behind_[*hop];
    }

    task<> run() {
        for (const auto& host : hosts_)
            HostGuard::of(*host).retire();
        for (const auto& host : hosts_)
            group_.spawn(close_one(host));
        co_await group_.join();
    }

  private:
    task<> close_one(HostPtr host) {
        HostGuard& guard = HostGuard::of(*host);
        while (behind_[host->id()] > 0)
            co_await ended_.wait();
        const Duration limit = std::min(host_budget, std::max(time_left(deadline_), Duration(1)));
        CloseOutcome outcome = co_await guard.close(limit);
        note(host->id(), outcome);
        if (const auto& hop = guard.services()->spec.hop()) --behind_[*hop];
        ended_.notify();
    }

    void note(const std::string& id, const CloseOutcome& outcome) {
        if (outcome.stray) report_.strays.push_back(id);
        switch (outcome.kind) {
        case CloseOutcome::Kind::unused:
            report_.unused.push_back(id);
            break;
        case CloseOutcome::Kind::closed:
            report_.closed.push_back(id);
            break;
        case CloseOutcome::Kind::aborted:
            report_.aborted.push_back(id);
            break;
        case CloseOutcome::Kind::failed:
            report_.failed.push_back({id, *outcome.error});
            break;
        }
    }

    const std::vector<HostPtr> hosts_;
    CloseReport& report_;
    const Deadline deadline_;
    Notifier ended_;
    TaskGroup group_;
    std::map<std::string, int> behind_; // hop id -> hosts that hang on it and are not closed yet
};

} // namespace

Scope::Scope(std::shared_ptr<State> state)
    : state_(std::move(state)) {}

Scope::~Scope() {
    if (state_->phase != ScopePhase::entered && state_->phase != ScopePhase::not_entered) return;
    for (const auto& host : state_->hosts) {
        HostGuard::of(*host).retire();
        host->abort();
    }
}

void Scope::enter() {
    if (state_->phase != ScopePhase::not_entered)
        throw Error(Errc::usage, "this scope has been entered before").advice("make a new Context");
    state_->phase = ScopePhase::entered;
}

void Scope::register_host(HostPtr host) {
    if (state_->phase >= ScopePhase::closing)
        throw Error(Errc::closed, "the scope is closing").host(host->id());
    state_->hosts.push_back(std::move(host));
}

task<CloseReport> Scope::close() {
    const auto state = state_; // the context may end while we wait
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (state->phase >= ScopePhase::closing) {
        while (state->phase != ScopePhase::closed)
            co_await state->ended.wait();
        co_return state->report;
    }
    state->phase = ScopePhase::closing;
    const auto start = std::chrono::steady_clock::now();
    ScopeClosing closing(co_await asio::this_coro::executor, std::exchange(state->hosts, {}), state->report);
    co_await closing.run();
    state->report.duration = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start);
    state->hub->close();
    state->report.sinks = state->hub->failures();
    state->phase = ScopePhase::closed;
    state->ended.notify();
    co_return state->report;
}

} // namespace otto
