// One `exec`: a process of its own, from its start until it and its output have ended.
#pragma once

#include "settings.hpp"

#include <otto/driver.hpp>
#include <otto/sdk/process.hpp>
#include <otto/sdk/ready_set.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace otto::local {

class ExecCall {
  public:
    ExecCall(asio::any_io_executor executor, const Settings& settings, Command command,
             std::shared_ptr<CommandIo> io);

    // Cancelled: ends the process group, and tells what may still run. Throws what Process::spawn throws.
    task<CommandExit> run();

    // Kills the group; run() ends soon after.
    void abort() noexcept;

  private:
    struct Stream {
        StreamId id;
        sdk::ReadySet::Key key;
        bool open = true;
    };

    void start();
    void start_on_pipes(sdk::SpawnRequest request);
    void start_on_terminal(sdk::SpawnRequest request);
    void watch_end();
    task<> serve();
    task<> stop();
    task<> pump(Stream& stream);
    void discard(Stream& stream);
    void type_input();
    void arm_all();
    [[nodiscard]] bool streams_open() const noexcept;

    Settings settings_;
    Command command_;
    std::shared_ptr<CommandIo> io_;
    asio::any_io_executor executor_;
    sdk::ReadySet ready_;
    std::optional<sdk::Process> process_;
    sdk::ReadySet::Key end_key_ = 0;
    std::vector<Stream> streams_;
    std::optional<sdk::ReadySet::Key> typing_; // the terminal, for writing
    std::string typed_;                        // what is still to be typed there
    std::vector<char> buffer_;
};

} // namespace otto::local
