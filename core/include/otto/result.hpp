// What verbs return. A result says how it knows: an exit status that the protocol reported, one that a marker
// gave, or none. A non-zero exit is data, not an exception.
#pragma once

#include <otto/error.hpp>
#include <otto/task.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace otto {

// Ordered from best to worst, so that a host's status is the worst of its commands.
enum class Status {
    success,
    not_run, // dry run, or a fleet verb that had not begun
    failed,  // it ran, and ended with a non-zero status or a signal
    error,   // it could not be finished
};

enum class StatusSource {
    unknown,  // nothing told
    reported, // by the protocol or the kernel
    marker,   // read from text that the session's shell printed
};

OTTO_API std::string_view to_string(Status status) noexcept; // "success", "failed", "error", "not-run"
OTTO_API std::string_view to_string(StatusSource source) noexcept;

// How a command ended, as a driver tells it.
class OTTO_API CommandExit {
  public:
    CommandExit() = default; // unknown
    static CommandExit exited(int status, StatusSource source);
    static CommandExit signalled(std::string name, StatusSource source); // "KILL", without SIG

    [[nodiscard]] std::optional<int> status() const noexcept { return status_; }
    [[nodiscard]] const std::string& signal() const noexcept { return signal_; }
    [[nodiscard]] StatusSource source() const noexcept { return source_; }

  private:
    std::optional<int> status_;
    std::string signal_;
    StatusSource source_ = StatusSource::unknown;
};

// Bytes as text: valid UTF-8 is kept, each invalid byte becomes U+FFFD, and with `line_ends` CR LF becomes
// LF.
OTTO_API std::string decode_text(std::string_view bytes, bool line_ends = true);
// True if the bytes are valid UTF-8, so that decoding them lost nothing.
OTTO_API bool is_utf8(std::string_view bytes) noexcept;

class OTTO_API CommandResult {
  public:
    CommandResult(); // not run
    explicit CommandResult(std::string command);

    [[nodiscard]] const std::string& command() const noexcept { return command_; }
    [[nodiscard]] Status status() const noexcept { return status_; }
    [[nodiscard]] bool ok() const noexcept { return status_ == Status::success; }

    // The following throw NotRun for a command that was not run.
    [[nodiscard]] std::optional<int> exit_status() const;
    [[nodiscard]] const std::string& signal() const; // "KILL", or empty
    [[nodiscard]] StatusSource source() const;
    [[nodiscard]] const std::string& output() const; // bytes of standard output; on a pty, of the one stream
    [[nodiscard]] const std::string& error_output() const;
    [[nodiscard]] std::string text() const; // output() decoded, without the final newline

    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }
    [[nodiscard]] bool timed_out() const noexcept;
    // Bytes that did not fit output_limit, both streams together.
    [[nodiscard]] std::uint64_t truncated_bytes() const noexcept { return truncated_; }
    // What may still run on the host after a time-out, a cancel or a close; empty if nothing.
    [[nodiscard]] const std::string& left_running() const noexcept { return left_running_; }
    [[nodiscard]] std::chrono::system_clock::time_point started() const noexcept { return started_; }
    [[nodiscard]] Duration duration() const noexcept { return duration_; }

    // Throws if the command did not succeed: error() if there is one, else Error(protocol) with status and
    // last line.
    const CommandResult& check() const;

  private:
    friend class ResultBuilder;
    void require_run() const;

    std::string command_;
    Status status_ = Status::not_run;
    CommandExit exit_;
    std::string output_;
    std::string error_output_;
    std::optional<Error> error_;
    std::uint64_t truncated_ = 0;
    std::string left_running_;
    std::chrono::system_clock::time_point started_;
    Duration duration_{0};
};

class OTTO_API TransferResult {
  public:
    TransferResult() = default;

    [[nodiscard]] Status status() const noexcept { return status_; }
    [[nodiscard]] bool ok() const noexcept { return status_ == Status::success; }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] const std::string& source() const noexcept { return source_; }
    [[nodiscard]] const std::string& destination() const noexcept { return destination_; }
    [[nodiscard]] Duration duration() const noexcept { return duration_; }

  private:
    friend class ResultBuilder;
    Status status_ = Status::not_run;
    std::uint64_t bytes_ = 0;
    std::string source_;
    std::string destination_;
    Duration duration_{0};
};

// One host of a fleet verb: its commands in order, or the error that came before the first.
class OTTO_API HostResult {
  public:
    HostResult() = default;
    HostResult(std::string host, std::vector<CommandResult> commands, std::optional<Error> error,
               Duration duration);

    [[nodiscard]] const std::string& host() const noexcept { return host_; }
    [[nodiscard]] Status status() const noexcept;
    [[nodiscard]] bool ok() const noexcept { return status() == Status::success; }
    // Why the host could not be used, or why a command could not be finished (the first such).
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }
    // Every command that was asked has an entry, also those that were not run.
    [[nodiscard]] const std::vector<CommandResult>& commands() const noexcept { return commands_; }
    [[nodiscard]] Duration duration() const noexcept { return duration_; }

  private:
    std::string host_;
    std::vector<CommandResult> commands_;
    std::optional<Error> error_;
    Duration duration_{0};
};

// "success: Linux" or "failed (3): ..." or "error (unreachable): ...", one line.
OTTO_API std::ostream& operator<<(std::ostream& out, const CommandResult& result);
OTTO_API std::ostream& operator<<(std::ostream& out, const HostResult& result);

// Results of a fleet verb in lab order; iterates as pairs of id and result.
class OTTO_API FleetResult {
  public:
    using Entry = std::pair<std::string, HostResult>;

    FleetResult() = default;
    explicit FleetResult(std::vector<Entry> entries);

    [[nodiscard]] auto begin() const noexcept { return entries_.begin(); }
    [[nodiscard]] auto end() const noexcept { return entries_.end(); }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    [[nodiscard]] bool ok() const noexcept; // every host succeeded
    [[nodiscard]] Status status() const noexcept;
    // Throws Error(usage) for an id that was not part of the verb.
    [[nodiscard]] const HostResult& at(std::string_view host) const;

  private:
    std::vector<Entry> entries_;
};

} // namespace otto
