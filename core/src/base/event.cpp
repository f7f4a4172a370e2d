#include <otto/event.hpp>

#include <array>
#include <cstdio>
#include <ctime>
#include <map>
#include <ostream>
#include <utility>

namespace otto {

std::string_view to_string(EventKind kind) noexcept {
    static constexpr std::array<std::string_view, 15> names = {
        "connecting",        "connected",      "command-started", "output",  "command-ended",
        "transfer-progress", "retry",          "would-run",       "warning", "session-discarded",
        "left-running",      "host-key-added", "closing",         "closed",  "close-failed"};
    const auto index = static_cast<std::size_t>(kind);
    return index < names.size() ? names[index] : "unknown";
}

Event::Event(EventKind kind, std::string text)
    : kind_(kind)
    , text_(std::move(text))
    , time_(std::chrono::system_clock::now()) {}

Event& Event::host(std::string id) {
    host_ = std::move(id);
    return *this;
}

Event& Event::stream(StreamId stream) {
    stream_ = stream;
    return *this;
}

Event& Event::progress(std::uint64_t done, std::uint64_t total) {
    done_ = done;
    total_ = total;
    return *this;
}

EventSink::~EventSink() = default;

namespace {

std::string clock_time(std::chrono::system_clock::time_point when) {
    const auto since = when.time_since_epoch();
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(since).count() % 1000;
    const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
    std::tm local{};
    localtime_r(&seconds, &local);
    std::array<char, 32> text{};
    const int n = std::snprintf(text.data(), text.size(), "%02d:%02d:%02d.%03d", local.tm_hour, local.tm_min,
                                local.tm_sec, static_cast<int>(ms));
    return std::string(text.data(), static_cast<std::size_t>(n));
}

} // namespace

// Output comes in chunks that need not end with a line: what is unfinished waits here, for each host and
// stream.
struct LogSink::State {
    explicit State(std::ostream& stream)
        : out(stream) {}

    void line(const Event& event, std::string_view text) {
        out << clock_time(event.time()) << ' ' << event.host() << (event.host().empty() ? "" : " ") << text
            << '\n';
    }

    void output(const Event& event) {
        // A device that never ends its line must not fill the memory.
        static constexpr std::size_t longest_line = 64 * 1024;
        std::string& rest = unfinished[{event.host(), event.stream()}];
        rest += event.text();
        std::size_t from = 0;
        for (std::size_t end; (end = rest.find('\n', from)) != std::string::npos; from = end + 1) {
            std::string_view text(rest.data() + from, end - from);
            if (text.ends_with('\r')) text.remove_suffix(1);
            line(event, "| " + escape_controls(text));
        }
        rest.erase(0, from);
        if (rest.size() > longest_line) flush(event);
    }

    void flush(const Event& event) {
        for (const StreamId stream : {StreamId::output, StreamId::error_output}) {
            const auto found = unfinished.find({event.host(), stream});
            if (found == unfinished.end()) continue;
            if (!found->second.empty()) line(event, "| " + escape_controls(found->second));
            unfinished.erase(found);
        }
    }

    std::ostream& out;
    std::map<std::pair<std::string, StreamId>, std::string> unfinished;
};

LogSink::LogSink(std::ostream& out)
    : state_(std::make_unique<State>(out)) {}

LogSink::~LogSink() = default;

void LogSink::on_event(const Event& event) {
    switch (event.kind()) {
    case EventKind::output:
        state_->output(event);
        return;
    case EventKind::transfer_progress:
        state_->line(event,
                     "transfer " + std::to_string(event.done()) + " of " + std::to_string(event.total()));
        return;
    case EventKind::command_started:
        state_->line(event, "> " + escape_controls(event.text()));
        return;
    default:
        state_->flush(event);
        state_->line(event, std::string(to_string(event.kind())) + (event.text().empty() ? "" : ": ") +
                                escape_controls(event.text()));
    }
}

} // namespace otto
