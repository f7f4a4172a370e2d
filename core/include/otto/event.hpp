// Everything otto has to tell while it works goes through event sinks: the console log, transcripts,
// progress, JSON Lines. Core itself prints nothing. Sinks are called on the user thread, one at a time, in
// order per host; a full queue stops that host's reading, so a slow sink slows the device and costs no
// memory. A sink that throws is removed and reported. None is called after the scope has closed. Sinks have
// no active context.
#pragma once

#include <otto/error.hpp>
#include <otto/task.hpp>

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace otto {

enum class EventKind {
    connecting,
    connected,
    command_started,   // text: the command
    output,            // text: bytes of one stream; of a pty, of the one stream
    command_ended,     // text: how it ended
    transfer_progress, // done, total
    retry,             // text: why
    would_run,         // dry run: text is what was declined
    warning,           // text
    session_discarded, // text: why the session could not be kept
    left_running,      // text: what may still run on the host
    host_key_added,    // text: what was written to which file
    closing,
    closed,
    close_failed, // text: why
};

OTTO_API std::string_view to_string(EventKind kind) noexcept; // "command-started", ...

enum class StreamId { output, error_output };

class OTTO_API Event {
  public:
    explicit Event(EventKind kind, std::string text = {});

    Event& host(std::string id);
    Event& stream(StreamId stream);
    Event& progress(std::uint64_t done, std::uint64_t total);

    [[nodiscard]] EventKind kind() const noexcept { return kind_; }
    // The host's id; empty for what concerns the context as a whole.
    [[nodiscard]] const std::string& host() const noexcept { return host_; }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] StreamId stream() const noexcept { return stream_; }
    [[nodiscard]] std::uint64_t done() const noexcept { return done_; }
    [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
    [[nodiscard]] std::chrono::system_clock::time_point time() const noexcept { return time_; }

  private:
    EventKind kind_;
    std::string host_;
    std::string text_;
    StreamId stream_ = StreamId::output;
    std::uint64_t done_ = 0;
    std::uint64_t total_ = 0;
    std::chrono::system_clock::time_point time_;
};

class OTTO_API EventSink {
  public:
    EventSink() = default;
    EventSink(const EventSink&) = delete;
    EventSink& operator=(const EventSink&) = delete;
    virtual ~EventSink();

    // [user thread] May throw: the sink is then removed.
    virtual void on_event(const Event& event) = 0;
};

// "The otto logger": a line per event, "HH:MM:SS.mmm web07 | text", control bytes escaped. The stream must
// outlive it.
class OTTO_API LogSink : public EventSink {
  public:
    explicit LogSink(std::ostream& out);
    ~LogSink() override;
    void on_event(const Event& event) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// Control bytes other than tab as \xNN, for showing what a device sent to a person's terminal.
OTTO_API std::string escape_controls(std::string_view text);

} // namespace otto
