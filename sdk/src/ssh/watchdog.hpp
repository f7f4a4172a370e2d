// Calls a function when a time has passed, unless it is destroyed before. Lives and bites on one strand.
#pragma once

#include <otto/timer.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>

namespace otto::sdk {

class Watchdog {
  public:
    // `reason` as for otto::Timer. With `unbounded` it never bites.
    Watchdog(asio::any_io_executor strand, Duration span, const char* reason, std::function<void()> bite);
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    [[nodiscard]] bool has_bitten() const noexcept;

  private:
    struct State;
    static task<> watch(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

} // namespace otto::sdk
