#include "watchdog.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <utility>

namespace otto::sdk {

struct Watchdog::State {
    State(asio::any_io_executor strand, const char* reason, std::function<void()> action)
        : timer(std::move(strand), reason)
        , bite(std::move(action)) {}
    Timer timer;
    std::function<void()> bite; // empty once the watchdog is gone or has bitten
    bool bitten = false;
};

Watchdog::Watchdog(asio::any_io_executor strand, Duration span, const char* reason,
                   std::function<void()> bite)
    : state_(std::make_shared<State>(strand, reason, std::move(bite))) {
    if (span == unbounded) return;
    state_->timer.expires_after(span);
    asio::co_spawn(strand, watch(state_), asio::detached);
}

Watchdog::~Watchdog() {
    state_->bite = nullptr;
    state_->timer.cancel();
}

bool Watchdog::has_bitten() const noexcept {
    return state_->bitten;
}

task<> Watchdog::watch(std::shared_ptr<State> state) {
    const bool expired = co_await state->timer.wait();
    if (!expired || !state->bite) co_return;
    state->bitten = true;
    const auto bite = std::exchange(state->bite, nullptr);
    bite();
}

} // namespace otto::sdk
