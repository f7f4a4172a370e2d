#include <otto/error.hpp>
#include <otto/sdk/ready_set.hpp>
#include <otto/timer.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>

#include <algorithm>
#include <vector>

namespace otto::sdk {

struct ReadySet::Entry {
    Entry(const asio::any_io_executor& executor, Event what)
        : descriptor(executor)
        , event(what) {}

    asio::posix::stream_descriptor descriptor;
    Event event;
    bool armed = false;
    bool ready = false;
};

// Shared with the handlers in flight, which outlive the set by a turn of the loop.
struct ReadySet::State {
    explicit State(asio::any_io_executor ex)
        : executor(ex)
        , clock(std::move(ex), "a descriptor, or the set's alarm") {}

    [[nodiscard]] bool anything() const noexcept {
        return rang || notified ||
               std::any_of(entries.begin(), entries.end(), [](const auto& entry) { return entry->ready; });
    }

    asio::any_io_executor executor;
    Timer clock; // both the alarm and what the waiter sleeps on: cancelled to wake it
    std::vector<std::shared_ptr<Entry>> entries;
    bool rang = false;
    bool notified = false;
};

ReadySet::ReadySet(asio::any_io_executor executor)
    : state_(std::make_shared<State>(std::move(executor))) {}

ReadySet::~ReadySet() {
    for (Key key = 0; key < state_->entries.size(); ++key)
        close(key);
}

ReadySet::Key ReadySet::add(Fd fd, Event event) {
    auto entry = std::make_shared<Entry>(state_->executor, event);
    boost::system::error_code failed;
    entry->descriptor.assign(fd.get(), failed);
    if (failed) throw Error(Errc::internal, "cannot watch a descriptor: " + failed.message());
    fd.release();
    state_->entries.push_back(std::move(entry));
    return state_->entries.size() - 1;
}

int ReadySet::fd(Key key) const noexcept {
    auto& descriptor = state_->entries[key]->descriptor;
    return descriptor.is_open() ? descriptor.native_handle() : -1;
}

void ReadySet::arm(Key key) {
    const std::shared_ptr<Entry>& entry = state_->entries[key];
    if (entry->armed || entry->ready || !entry->descriptor.is_open()) return;
    entry->armed = true;
    const auto type = entry->event == Event::read ? asio::posix::descriptor_base::wait_read
                                                  : asio::posix::descriptor_base::wait_write;
    entry->descriptor.async_wait(type, [state = state_, entry](boost::system::error_code ec) {
        entry->armed = false;
        if (ec == asio::error::operation_aborted) return;
        entry->ready = true; // an error, too, is found by reading
        state->clock.cancel();
    });
}

bool ReadySet::take_ready(Key key) noexcept {
    return std::exchange(state_->entries[key]->ready, false);
}

void ReadySet::close(Key key) {
    boost::system::error_code ignored;
    state_->entries[key]->descriptor.close(ignored);
    state_->entries[key]->ready = false;
}

void ReadySet::set_alarm(Duration span) {
    state_->rang = false;
    state_->clock.expires_after(span);
}

bool ReadySet::alarm_rang() const noexcept {
    return state_->rang;
}

void ReadySet::notify() {
    state_->notified = true;
    state_->clock.cancel();
}

task<> ReadySet::wait() {
    const std::shared_ptr<State> state = state_;
    if (!state->anything()) {
        const bool due = co_await state->clock.wait();
        if (due) state->rang = true;
    }
    state->notified = false;
}

} // namespace otto::sdk
