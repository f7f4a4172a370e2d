// The session of a host: one shell that lives from command to command. It reads its commands from a pipe, so
// that no line limit of a terminal applies to them, while the shell and what it runs have a terminal of their
// own for the rest.
#pragma once

#include "settings.hpp"

#include <otto/driver.hpp>
#include <otto/sdk/posix_frame.hpp>
#include <otto/sdk/process.hpp>
#include <otto/sdk/ready_set.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace otto::local {

class Shell {
  public:
    // Starts it. Throws what Process::spawn throws.
    Shell(asio::any_io_executor executor, const Settings& settings);

    // False once it has ended, by whomever.
    [[nodiscard]] bool alive() noexcept;

    // Runs one command. Cancelled: interrupts it and ends; recover() must follow. Throws Error(closed) if the
    // shell ends under the command.
    task<CommandExit> run(Command command, std::shared_ptr<CommandIo> io);

    // Interrupts what runs and waits for the shell to answer, two seconds at most. False: of no use any more.
    task<bool> recover();

    // Ends the shell and its group in bounded time: by the end of its input, then HUP and TERM, then KILL.
    task<> close();

    // Kills the group; a run in progress fails soon after.
    void abort() noexcept;

  private:
    task<> converse(std::shared_ptr<CommandIo> io);
    void send();
    [[nodiscard]] bool receive(const sdk::PosixFrame::Output& output);
    void wait_for_more();
    void interrupt() noexcept;
    [[nodiscard]] Error ended() noexcept;

    sdk::ReadySet ready_;
    sdk::PosixFrame frame_;
    std::optional<sdk::Process> process_;
    sdk::ReadySet::Key end_ = 0;
    sdk::ReadySet::Key commands_ = 0;
    sdk::ReadySet::Key terminal_ = 0;
    std::string unsent_;
    unsigned reads_in_a_row_ = 0;
    std::vector<char> buffer_;
};

} // namespace otto::local
