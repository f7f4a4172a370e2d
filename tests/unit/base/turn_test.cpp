#include "host/turn.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <list>
#include <support/catch.hpp>
#include <vector>

namespace asio = otto::asio;

namespace {

// Several who want one turn, on a loop that runs only when told: every interleaving is chosen by the test.
class Queue {
  public:
    void ask(const std::string& name) {
        Asker& asker = askers_.emplace_back(name);
        asio::co_spawn(loop_, turn.take(name),
                       asio::bind_cancellation_slot(asker.cancel.slot(), [&](std::exception_ptr failure) {
                           (failure ? cancelled : granted).push_back(asker.name);
                       }));
        settle();
    }
    // Takes effect when the loop runs again.
    void cancel(const std::string& name) {
        for (auto& asker : askers_)
            if (asker.name == name) asker.cancel.emit(asio::cancellation_type::terminal);
    }
    void release() { turn.release(); }
    void settle() {
        loop_.restart();
        loop_.poll();
    }

  private:
    struct Asker {
        explicit Asker(std::string who)
            : name(std::move(who)) {}
        std::string name;
        asio::cancellation_signal cancel;
    };
    std::list<Asker> askers_; // outlive the loop's handlers
    asio::io_context loop_;

  public:
    otto::Turn turn{loop_.get_executor()};
    std::vector<std::string> granted;
    std::vector<std::string> cancelled;
};

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("a turn is given in the order of asking") {
    Queue queue;
    CHECK(queue.turn.holder().empty());
    for (const auto* name : {"a", "b", "c"})
        queue.ask(name);
    CHECK(queue.granted == Names{"a"});
    CHECK(queue.turn.holder() == "a");
    for (int i = 0; i < 2; ++i) {
        queue.release();
        queue.settle();
    }
    CHECK(queue.granted == Names{"a", "b", "c"});
    CHECK(queue.turn.holder() == "c");
    queue.release();
    CHECK(queue.turn.holder().empty());
}

TEST_CASE("a turn that was given to somebody is not taken by who comes before that one goes on") {
    Queue queue;
    queue.ask("a");
    queue.ask("b");
    queue.release(); // granted to b, which has not run yet
    CHECK(queue.turn.holder() == "b");
    queue.ask("c");
    CHECK(queue.granted == Names{"a", "b"});
    queue.release();
    queue.settle();
    CHECK(queue.granted == Names{"a", "b", "c"});
}

TEST_CASE("who is cancelled leaves the queue and delays nobody") {
    Queue queue;
    for (const auto* name : {"a", "b", "c"})
        queue.ask(name);
    queue.cancel("b");
    queue.settle();
    CHECK(queue.cancelled == Names{"b"});
    CHECK(queue.turn.holder() == "a");
    queue.release();
    queue.settle();
    CHECK(queue.granted == Names{"a", "c"});
}

TEST_CASE("who is cancelled at the moment of the grant passes the turn on") {
    Queue queue;
    for (const auto* name : {"a", "b", "c"})
        queue.ask(name);
    queue.cancel("b");
    queue.release(); // granted to b before it can leave the queue
    CHECK(queue.turn.holder() == "b");
    queue.settle();
    CHECK(queue.cancelled == Names{"b"});
    CHECK(queue.granted == Names{"a", "c"});
    CHECK(queue.turn.holder() == "c");
}

TEST_CASE("who is cancelled at the moment of the grant, with nobody behind, leaves the turn free") {
    Queue queue;
    queue.ask("a");
    queue.ask("b");
    queue.cancel("b");
    queue.release();
    queue.settle();
    CHECK(queue.cancelled == Names{"b"});
    CHECK(queue.turn.holder().empty());
    queue.ask("c");
    CHECK(queue.granted == Names{"a", "c"});
}

TEST_CASE("who got the turn before it was cancelled has it, and gives it back") {
    Queue queue;
    for (const auto* name : {"a", "b", "c"})
        queue.ask(name);
    queue.release();
    queue.cancel("b");
    queue.settle();
    CHECK(queue.granted == Names{"a", "b"});
    CHECK(queue.turn.holder() == "b");
    queue.release();
    queue.settle();
    CHECK(queue.granted == Names{"a", "b", "c"});
}

TEST_CASE("a hold gives the turn back once") {
    Queue queue;
    queue.ask("a");
    {
        otto::TurnHold first(queue.turn);
        otto::TurnHold second(std::move(first));
        queue.ask("b");
    }
    queue.settle();
    CHECK(queue.granted == Names{"a", "b"});
    CHECK(queue.turn.holder() == "b");
}
