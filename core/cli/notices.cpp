#include "notices.hpp"

#include <iostream>
#include <string>

namespace otto::cli {
namespace {

class WarningSink final : public EventSink {
  public:
    explicit WarningSink(Console& console)
        : console_(console) {}

    void on_event(const Event& event) override {
        const std::string head = event.host().empty() ? "" : event.host() + ": ";
        switch (event.kind()) {
        case EventKind::warning:
            return console_.warning(head + event.text());
        case EventKind::session_discarded:
            return console_.warning(head + "the session was discarded: " + event.text());
        case EventKind::left_running:
            return console_.warning(head + "still running: " + event.text());
        case EventKind::close_failed:
            return console_.warning(head + "closing failed: " + event.text());
        case EventKind::host_key_added:
            return console_.note(head + event.text());
        default:
            return;
        }
    }

  private:
    Console& console_;
};

// The otto logger without the output, which is on the screen already, and at -v without the chatter.
class VerboseSink final : public EventSink {
  public:
    explicit VerboseSink(bool all)
        : log_(std::clog)
        , all_(all) {}

    void on_event(const Event& event) override {
        if (event.kind() == EventKind::output) return;
        if (event.kind() == EventKind::transfer_progress && !all_) return;
        log_.on_event(event);
    }

  private:
    LogSink log_;
    bool all_;
};

} // namespace

std::vector<std::shared_ptr<EventSink>> notice_sinks(Console& console, int verbosity) {
    std::vector<std::shared_ptr<EventSink>> sinks;
    if (verbosity > 0)
        sinks.push_back(std::make_shared<VerboseSink>(verbosity > 1));
    else
        sinks.push_back(std::make_shared<WarningSink>(console));
    return sinks;
}

} // namespace otto::cli
