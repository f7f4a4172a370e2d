// A session channel of an SSH connection: one command, shell or subsystem, with its input, its output and its
// end.
#pragma once

#include <otto/error.hpp>
#include <otto/sdk/ssh/session.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace otto::sdk {

class SshChannel;
using SshChannelPtr = std::shared_ptr<SshChannel>;

// What to start on the channel.
class SshStart {
  public:
    enum class Kind { exec, shell, subsystem };

    static SshStart exec(std::string command) { return SshStart(Kind::exec, std::move(command)); }
    static SshStart shell() { return SshStart(Kind::shell, {}); }
    static SshStart subsystem(std::string name) { return SshStart(Kind::subsystem, std::move(name)); }

    // On a terminal of 400 columns, TERM=dumb, that does not echo.
    SshStart& pty(bool on = true) {
        pty_ = on;
        return *this;
    }
    // Bytes that the peer may send before it has to wait for us.
    SshStart& window(std::uint32_t bytes) {
        window_ = bytes;
        return *this;
    }
    // The channel is kept for long: others do not wait for its place (SshSession::hold_channel).
    SshStart& held(bool on = true) {
        held_ = on;
        return *this;
    }

    // Called on the strand right before the request is sent: from then on the peer may have seen it.
    SshStart& before_start(std::function<void()> callback) {
        before_start_ = std::move(callback);
        return *this;
    }

    [[nodiscard]] Kind kind() const noexcept { return kind_; }
    [[nodiscard]] const std::string& argument() const noexcept { return argument_; }
    [[nodiscard]] bool wants_pty() const noexcept { return pty_; }
    [[nodiscard]] std::uint32_t window() const noexcept { return window_; }
    [[nodiscard]] bool is_held() const noexcept { return held_; }
    [[nodiscard]] const std::function<void()>& start_callback() const noexcept { return before_start_; }

  private:
    SshStart(Kind kind, std::string argument)
        : kind_(kind)
        , argument_(std::move(argument)) {}
    Kind kind_;
    std::string argument_;
    bool pty_ = false;
    bool held_ = false;
    std::uint32_t window_ = 2 * 1024 * 1024;
    std::function<void()> before_start_;
};

// What one read brought. Ended: nothing will follow.
class SshChunk {
  public:
    SshChunk() = default;
    std::string output;
    std::string error_output;
    bool ended = false;
};

// Used on the session's strand. Dropping the last reference closes the channel in the background.
class SshChannel {
  public:
    // Throws Error: closed (connection lost), busy (MaxSessions is used up by channels that stay), protocol
    // (refused). Cancelled while it waits in the queue, it leaves; cancelled later, the channel is opened and
    // closed again.
    static task<SshChannelPtr> open(SshSessionPtr session, SshStart start);
    ~SshChannel();
    SshChannel(const SshChannel&) = delete;
    SshChannel& operator=(const SshChannel&) = delete;

    // Waits until there is output on either stream, the end, or an exit status that is news. Throws
    // Error(closed) when the connection is lost and everything that had come was read. Cancelling it loses no
    // output.
    task<SshChunk> read();
    // Queues bytes for the peer's standard input; they are sent as the window allows, in the background.
    void send(std::string bytes);
    // The end of standard input, after everything that was queued.
    void send_end();
    // Bytes queued and not yet taken by the connection.
    [[nodiscard]] std::size_t unsent() const noexcept;
    // Waits until at most `limit` bytes are unsent. Throws Error(closed).
    task<> drain(std::size_t limit = 0);

    // What has been said about the command's end so far; after the end of output, wait_exit waits for it.
    [[nodiscard]] SshExit exit() const;
    // Makes read return with what there is, ended: for output that nobody will end.
    void stop_reading();
    // Makes the read in progress, or else the next one, return with what there is, perhaps nothing.
    void pause_reading();

    [[nodiscard]] const SshSessionPtr& session() const noexcept;
    [[nodiscard]] LIBSSH2_CHANNEL* raw() const noexcept;

  private:
    struct State;
    class OpenOp;
    class ReadOp;
    class SendOp;
    explicit SshChannel(std::shared_ptr<State> state);
    static Error open_failure(const SshSession& session, long answer, const std::string& why);
    std::shared_ptr<State> state_;
};

} // namespace otto::sdk
