#include <otto/timer.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <optional>
#include <support/catch.hpp>

using namespace std::chrono_literals;
namespace asio = otto::asio;

namespace {

// One wait on a loop of its own, and how it ended.
class Wait {
  public:
    Wait() { timer.expires_at(otto::Deadline::max()); }
    void start() {
        asio::co_spawn(
            loop_, timer.wait(),
            asio::bind_cancellation_slot(cancel.slot(), [this](std::exception_ptr error, bool expired) {
                failure = error;
                result = expired;
            }));
        poll();
    }
    void poll() {
        loop_.restart();
        loop_.poll();
    }
    void run() {
        loop_.restart();
        loop_.run();
    }

    asio::cancellation_signal cancel;
    std::exception_ptr failure;
    std::optional<bool> result;

  private:
    asio::io_context loop_;

  public:
    otto::Timer timer{loop_.get_executor(), "a test waits"};
};

} // namespace

TEST_CASE("a timer expires no earlier than its deadline") {
    Wait wait;
    const auto deadline = otto::deadline_after(20ms);
    wait.timer.expires_at(deadline);
    wait.start();
    CHECK_FALSE(wait.result);
    wait.run();
    CHECK(wait.result == true);
    CHECK(std::chrono::steady_clock::now() >= deadline);
}

TEST_CASE("a deadline that has passed ends a wait at once") {
    Wait wait;
    wait.timer.expires_after(0ms);
    wait.start();
    wait.run();
    CHECK(wait.result == true);
}

TEST_CASE("a cancelled or newly set timer ends its wait with false") {
    Wait wait;
    wait.start();
    SECTION("cancelled") {
        wait.timer.cancel();
    }
    SECTION("set anew") {
        wait.timer.expires_after(otto::unbounded);
    }
    SECTION("moved away and cancelled") {
        otto::Timer other = std::move(wait.timer);
        other.cancel();
        wait.timer = std::move(other);
    }
    wait.poll();
    CHECK(wait.result == false);
    CHECK_FALSE(wait.failure);
}

TEST_CASE("cancelling the coroutine that waits throws operation_aborted") {
    Wait wait;
    wait.start();
    wait.cancel.emit(asio::cancellation_type::terminal);
    wait.poll();
    REQUIRE(wait.failure);
    try {
        std::rethrow_exception(wait.failure);
    } catch (const boost::system::system_error& error) {
        CHECK(error.code() == asio::error::operation_aborted);
    }
}

TEST_CASE("spans and deadlines convert without overflow") {
    CHECK(otto::deadline_after(otto::unbounded) == otto::Deadline::max());
    CHECK(otto::time_left(otto::Deadline::max()) == otto::unbounded);
    CHECK(otto::deadline_after(otto::unbounded - 1ms) == otto::Deadline::max());
    CHECK(otto::time_left(std::chrono::steady_clock::now() - 1h) == 0ms);
    const auto left = otto::time_left(otto::deadline_after(1h));
    CHECK(left <= 1h);
    CHECK(left > 59min);
    // A deadline that has not passed never looks passed.
    CHECK(otto::time_left(std::chrono::steady_clock::now() + 400us) <= 1ms);
}
