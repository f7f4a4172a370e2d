// Core's end of a running command: keeps the output, feeds the sinks, and makes the result, also for a driver
// call that was given up and may still be writing.
#pragma once

#include "host/output_buffer.hpp"
#include "runtime/event_hub.hpp"

#include <otto/driver.hpp>
#include <otto/result.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace otto {

class CommandRecorder final : public CommandIo {
  public:
    CommandRecorder(const Command& command, std::string host, std::shared_ptr<EventHub> hub,
                    std::shared_ptr<EventBacklog> backlog);

    task<> write(StreamId stream, std::string_view bytes) override;
    void handed_over() noexcept override { handed_over_ = true; }
    void left_running(std::string what) override;
    [[nodiscard]] bool cut_off() const noexcept override { return cut_off_; }

    void cut() noexcept { cut_off_ = true; }
    [[nodiscard]] bool was_handed_over() const noexcept { return handed_over_; }

    // Ends the recording: what comes later is dropped. Any thread, once.
    [[nodiscard]] CommandResult finish(const CommandExit& exit, std::optional<Error> error);

  private:
    const std::string command_;
    const std::string host_;
    const std::shared_ptr<EventHub> hub_;
    const std::shared_ptr<EventBacklog> backlog_;
    const std::chrono::system_clock::time_point started_;
    const Deadline start_;
    std::atomic<bool> handed_over_{false};
    std::atomic<bool> cut_off_{false};
    std::mutex mutex_;
    OutputBuffer output_;
    OutputBuffer error_output_;
    std::string left_running_;
    bool finished_ = false;
};

// The one class that writes into results.
class ResultBuilder {
  public:
    static CommandResult command(std::string text, const CommandExit& exit, std::string output,
                                 std::string error_output, std::optional<Error> error,
                                 std::uint64_t truncated, std::string left_running,
                                 std::chrono::system_clock::time_point started, Duration duration);
    static TransferResult transfer(std::uint64_t bytes, std::string source, std::string destination,
                                   Duration duration);
    static TransferResult transfer_not_run(std::string source, std::string destination);
};

} // namespace otto
