// The session of a host over SSH: one POSIX shell without a terminal that lives from command to command.
#pragma once

#include <otto/driver.hpp>
#include <otto/result.hpp>
#include <otto/sdk/posix_frame.hpp>
#include <otto/sdk/ssh/channel.hpp>

#include <memory>
#include <optional>
#include <string>

namespace otto::sdk {

class SshShell;
using SshShellPtr = std::shared_ptr<SshShell>;

// Used on the session's strand, by one call at a time.
class SshShell {
  public:
    // Starts `shell`, a POSIX shell, as a login shell. Throws what SshChannel::open throws, and
    // Error(protocol) if no POSIX shell answers.
    static task<SshShellPtr> open(SshSessionPtr session, std::string shell);
    SshShell(const SshShell&) = delete;
    SshShell& operator=(const SshShell&) = delete;

    // False once it has ended.
    [[nodiscard]] bool alive() const noexcept;

    // Runs one command. Cancelled: interrupts it and ends; recover() must follow. Throws Error: usage, closed
    // (the shell or the connection ended under the command).
    task<CommandExit> run(Command command, std::shared_ptr<CommandIo> io);

    // Interrupts what runs, from a second channel, and waits until the shell answers; three seconds at most.
    // False: of no use any more, and what it ran was signalled to end.
    task<bool> recover();

    // Ends the shell by the end of its input. What it started in the background lives on.
    void close() noexcept;
    // Signals what runs in it to end, in the background.
    void kill();

  private:
    explicit SshShell(std::string shell);
    task<> converse(std::shared_ptr<CommandIo> io);
    task<> learn_pid();
    task<> listen(Duration span);
    void interrupt();
    [[nodiscard]] Error ended() const;

    SshChannelPtr channel_;
    std::string shell_;
    PosixFrame frame_;
    std::optional<long> pid_;
};

} // namespace otto::sdk
