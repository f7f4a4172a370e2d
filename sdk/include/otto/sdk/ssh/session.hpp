// One SSH connection with many channels, on libssh2.
//
// libssh2 never touches the socket: its send callback puts everything into a buffer and its receive callback
// hands out what a reader has read, so no packet is ever half sent, and a session may sit on any stream. (A
// half-sent packet is what makes libssh2 lose sessions: an operation that stops in mid-send must be continued
// by exactly the same call.)
//
// Work on a session is an SshOp: an object whose step() is repeated until it returns something other than
// `again`. After every piece of input all pending operations are stepped, because a packet for channel A may
// have been taken in by a read on channel B. Cancelling detaches the caller, never the operation: what is
// half done inside libssh2 is driven to its end by the session.
#pragma once

#include <otto/sdk/byte_stream.hpp>
#include <otto/task.hpp>
#include <otto/timer.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <libssh2.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace otto::sdk {

class SshSession;
using SshSessionPtr = std::shared_ptr<SshSession>;

// One piece of work on a session. Everything runs on the session's strand.
class SshOp {
  public:
    static constexpr long again = LIBSSH2_ERROR_EAGAIN; // not finished, step once more after the next input
    static constexpr long gone = LIBSSH2_ERROR_SOCKET_DISCONNECT; // the connection is lost

    SshOp();
    SshOp(const SshOp&) = delete;
    SshOp& operator=(const SshOp&) = delete;
    virtual ~SshOp();

    // Tries; never blocks. The session makes the answer `gone` when it is lost and steps no more.
    virtual long step() = 0;
    // Nobody waits for the answer any more: wind down. step() goes on until it is done.
    virtual void cancel() {}

    [[nodiscard]] bool cancelled() const noexcept { return cancelled_; }

    class Waiter;

  private:
    friend class SshSession;
    std::unique_ptr<Waiter> waiter_;
    bool cancelled_ = false;
};

// An operation made of one function. `droppable`: the call keeps no state inside libssh2 (read, write, eof,
// wait), so that it ends at once when its caller is cancelled. The function must keep alive what it uses.
class SshCall final : public SshOp {
  public:
    SshCall(std::function<long()> call, bool droppable)
        : call_(std::move(call))
        , droppable_(droppable) {}
    long step() override { return cancelled() && droppable_ ? 0 : call_(); }

  private:
    std::function<long()> call_;
    bool droppable_;
};

// How a channel's command ended, as the server told; all empty if it told nothing.
struct SshExit {
    std::optional<int> status;
    std::string signal; // "KILL", without SIG
};

class SshSession : public std::enable_shared_from_this<SshSession> {
  public:
    // The stream is read from at once. Everything happens on `strand`, on which it must be called, too.
    static SshSessionPtr start(asio::any_io_executor strand, std::unique_ptr<ByteStream> stream);
    ~SshSession();
    SshSession(const SshSession&) = delete;
    SshSession& operator=(const SshSession&) = delete;

    // [any executor] The answer of the operation, on the caller's executor: what its last step returned, or
    // SshOp::gone. Throws system_error(operation_aborted) when the caller is cancelled; the operation goes
    // on.
    task<long> run(std::shared_ptr<SshOp> op);
    task<long> call(std::function<long()> step, bool droppable = false);
    // [any executor] Work that nobody waits for.
    void post(std::shared_ptr<SshOp> op);

    // Everything below: [strand].

    [[nodiscard]] const asio::any_io_executor& executor() const noexcept { return strand_; }
    [[nodiscard]] LIBSSH2_SESSION* raw() const noexcept { return raw_; }
    // libssh2's text for its last failure.
    [[nodiscard]] std::string last_error() const;
    [[nodiscard]] int last_errno() const noexcept { return libssh2_session_last_errno(raw_); }
    // "127.0.0.1:22"
    [[nodiscard]] const std::string& peer() const noexcept { return stream_->peer(); }

    // True while there is room for output: ask before every libssh2_channel_write, and answer `again` if not.
    [[nodiscard]] bool can_write() const noexcept { return out_.size() < output_limit && !gone(); }
    // True once the connection is lost or aborted.
    [[nodiscard]] bool gone() const noexcept { return ended_ || dead_; }
    // Why it is gone: "connection reset by peer"; empty while it is not.
    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

    // Steps all operations until none moves. Call it after changing what an operation waits for.
    void pump();

    // Says that login has succeeded: from now on input that no operation asks for is consumed, so that the
    // server's keepalives are answered.
    void logged_in();
    // Called once, on the strand, when the connection is lost after login and abort was not called.
    void on_lost(std::function<void(std::string why)> callback) { on_lost_ = std::move(callback); }

    // Drops the connection. Pending operations end with `gone`. Never blocks, idempotent.
    void abort(std::string why = "aborted") noexcept;
    // Drops the connection because the peer is found to be gone: on_lost is called.
    void give_up(std::string why) noexcept;
    // Bytes that have come from the peer, ever.
    [[nodiscard]] std::uint64_t bytes_received() const noexcept { return taken_; }
    // Says goodbye and drops the connection once that has been sent. Bounded only by the caller's
    // cancellation.
    task<> disconnect();

    // ---- Opening channels is a state machine of the session, not of a channel: one at a time, first come
    // first served.

    enum class ChannelKind { session, other }; // sshd's MaxSessions counts the first only
    // True when it is `who`'s turn to call libssh2_channel_open_ex and the like. Ask in every step until it
    // is opened.
    bool may_open(const void* who, ChannelKind kind);
    // Gives the turn back: the channel is open or not wanted any more.
    void open_done(const void* who) noexcept;
    // Right after an open that succeeded / once the channel was freed.
    void add_channel(LIBSSH2_CHANNEL* channel, ChannelKind kind);
    void drop_channel(LIBSSH2_CHANNEL* channel) noexcept;
    // Session channels that are open now.
    [[nodiscard]] std::size_t session_channels() const noexcept;
    // The server refused one more session channel. If some are open it is MaxSessions: remembers the number,
    // keeps the place of `who` in the queue and returns true. False: a refusal for good, and the turn was
    // given back.
    bool open_refused(const void* who) noexcept;
    [[nodiscard]] std::size_t channel_limit() const noexcept { return channel_limit_; }
    // Counts session channels that are kept for long, a shell's: an open that could only wait for them is
    // refused.
    void hold_channel(int by) noexcept { held_ += by; }
    [[nodiscard]] bool all_channels_held() const noexcept {
        return held_ > 0 && static_cast<std::size_t>(held_) >= channel_limit_;
    }

    // What the server said about the end of this channel's command. libssh2 itself answers 0 for "nothing".
    [[nodiscard]] SshExit exit_of(LIBSSH2_CHANNEL* channel) const;

    // One round trip that leaves nothing behind: a channel of an unknown type, whose refusal is the answer.
    // (The answers to libssh2's own keepalives stay in its packet list for ever.)
    [[nodiscard]] std::shared_ptr<SshOp> ping();

    // The first bytes that the server sent, before encryption: its version line and its KEXINIT.
    [[nodiscard]] const std::string& greeting() const noexcept { return greeting_; }

    // Space for one read of a channel, for use within one step.
    [[nodiscard]] std::vector<char>& scratch() noexcept { return scratch_; }

    // The operation whose questions keyboard-interactive asks: libssh2's callback gets the session only.
    void set_answering(SshOp* op) noexcept { answering_ = op; }
    [[nodiscard]] SshOp* answering() const noexcept { return answering_; }

    // Memory that libssh2 frees with the session's own allocator: for a signature given to its callback.
    static void* allocate(std::size_t size) noexcept;

    static constexpr std::size_t output_limit = 256 * 1024; // bytes waiting to be written
    static constexpr std::size_t input_size = 64 * 1024;    // bytes asked for in one read

  private:
    struct Channel {
        LIBSSH2_CHANNEL* handle;
        std::uint32_t id; // our number for it, as the server uses it in messages
        ChannelKind kind;
        SshExit exit;
    };
    struct Turn {
        const void* who;
        ChannelKind kind;
    };
    struct Hooks; // libssh2's callbacks

    SshSession(asio::any_io_executor strand, std::unique_ptr<ByteStream> stream);
    static task<> reader(SshSessionPtr self);
    static task<> writer(SshSessionPtr self);
    void submit(std::shared_ptr<SshOp> op);
    void step_all();
    void take_in_the_rest();
    void lost(std::string why) noexcept;
    void message_freed(const unsigned char* bytes, std::size_t size) noexcept;

    asio::any_io_executor strand_;
    std::unique_ptr<ByteStream> stream_;
    LIBSSH2_SESSION* raw_ = nullptr;

    std::vector<char> in_;
    std::vector<char> scratch_;
    std::size_t in_begin_ = 0;
    std::size_t in_end_ = 0;
    std::uint64_t taken_ = 0; // bytes that libssh2 has taken in, ever
    std::string out_;
    std::string greeting_;
    Timer output_ready_; // timers that never expire: events
    Timer input_taken_;
    Timer output_sent_;

    std::vector<std::shared_ptr<SshOp>> pending_;
    std::vector<Turn> turns_;
    const void* opening_ = nullptr;
    SshOp* answering_ = nullptr;
    std::uint32_t opened_id_ = 0;
    std::vector<Channel> channels_;
    std::size_t channel_limit_ = SIZE_MAX;
    int held_ = 0;
    int refusals_ = 0; // in a row

    std::string reason_;
    std::function<void(std::string)> on_lost_;
    bool logged_in_ = false;
    bool writing_ = false;
    bool pinging_ = false;
    bool pumping_ = false;
    bool pump_again_ = false;
    bool ended_ = false; // the peer is gone; what it had sent is still handed out
    bool dead_ = false;
};

} // namespace otto::sdk
