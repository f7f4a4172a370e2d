// Carries events from the hosts' strands to the sinks on the user thread: one at a time, in order, never
// after close(). The queue of output is bounded per host: a full one makes that host's writer wait.
#pragma once

#include "runtime/notifier.hpp"

#include <otto/event.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace otto {

// How much output of one host waits for the sinks.
struct EventBacklog {
    explicit EventBacklog(asio::any_io_executor strand_of_host)
        : strand(strand_of_host)
        , room(strand_of_host, "the sinks have taken output") {}
    asio::any_io_executor strand;
    Notifier room; // on the strand
    std::atomic<std::size_t> bytes{0};
    std::atomic<bool> waiting{false};
};

class EventHub : public std::enable_shared_from_this<EventHub> {
  public:
    EventHub(asio::any_io_executor user, std::vector<std::shared_ptr<EventSink>> sinks, bool with_output);

    // Any thread. Without sinks, and for output that is switched off, it costs nothing.
    void post(Event event);
    // [strand] Output of a host; waits while the host's backlog is full.
    task<> post_output(Event event, std::shared_ptr<EventBacklog> backlog);

    // True if somebody listens to output events.
    [[nodiscard]] bool wants_output() const noexcept { return with_output_ && open_; }

    // [user thread] Delivers what is queued, then delivers nothing more.
    void close();
    // Sinks that threw: "sink 2: what it said".
    [[nodiscard]] std::vector<std::string> failures() const { return failures_; }

  private:
    struct Item {
        Event event;
        std::shared_ptr<EventBacklog> backlog;
    };
    void enqueue(Event event, std::shared_ptr<EventBacklog> backlog);
    void deliver_some();
    bool deliver_one();
    void deliver(const Event& event);

    asio::any_io_executor user_;
    std::vector<std::shared_ptr<EventSink>> sinks_; // user thread
    std::vector<std::string> failures_;             // user thread
    const bool with_output_;
    std::atomic<bool> open_;
    std::mutex mutex_;
    std::deque<Item> queue_;
    bool delivering_ = false; // a delivery is posted
};

} // namespace otto
