// A first-in-first-out turn on one strand. A strand keeps threads out, not other tasks: two conversations
// with one device would interleave at every await.
#pragma once

#include "runtime/notifier.hpp"

#include <list>
#include <string>
#include <utility>

namespace otto {

class Turn {
  public:
    explicit Turn(asio::any_io_executor strand)
        : strand_(std::move(strand)) {}

    // Waits for the turn. Cancellable; who is cancelled leaves the queue.
    task<> take(std::string holder);
    void release();

    // What holds the turn now ("run 'sleep 100'"), or empty.
    [[nodiscard]] const std::string& holder() const noexcept { return holder_; }

  private:
    struct Waiter {
        explicit Waiter(const asio::any_io_executor& strand)
            : granted_notice(strand, "the turn is granted") {}
        Notifier granted_notice;
        bool granted = false;
        std::string name;
    };

    asio::any_io_executor strand_;
    bool held_ = false;
    std::string holder_;
    std::list<Waiter> waiting_;
};

// Gives the turn back at the end of a block.
class TurnHold {
  public:
    explicit TurnHold(Turn& turn)
        : turn_(&turn) {}
    ~TurnHold() {
        if (turn_) turn_->release();
    }
    TurnHold(TurnHold&& other) noexcept
        : turn_(std::exchange(other.turn_, nullptr)) {}
    TurnHold& operator=(TurnHold&&) = delete;

  private:
    Turn* turn_;
};

} // namespace otto
