// One SFTP channel, shared by the transfers of a session. Everything on the session's strand, inside of
// steps.
#pragma once

#include "sftp_wire.hpp"

#include <otto/error.hpp>
#include <otto/sdk/ssh/session.hpp>
#include <otto/timer.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace otto::sdk {

class SftpClient;

// A file on its way. It ends when all its requests have been answered, also when nobody waits for it any
// more.
class SftpTransfer : public SshOp {
  public:
    // What a request was for; `offset` and `size` of reads and writes.
    struct Request {
        int purpose;
        std::uint64_t offset;
        std::uint32_t size;
    };

    explicit SftpTransfer(std::shared_ptr<SftpClient> client)
        : client_(std::move(client)) {}
    ~SftpTransfer() override;

    long step() final; // 0: done, or failed with failure()
    void cancel() final;

    // The channel is ready: send the first request.
    virtual void begin() = 0;
    virtual void on_reply(const Request& request, const sftp::Reply& reply) = 0;
    // Sends more data requests if it can; called while there is room for them.
    virtual void fill() = 0;

    // Ends the transfer without any more requests: the channel is gone.
    void lose(const Error& why);

    [[nodiscard]] const std::optional<Error>& failure() const noexcept { return failure_; }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
    // Nothing of it is left to do, here or on the server.
    [[nodiscard]] bool has_ended() const noexcept { return done_; }
    // Cancelled when the transfer has ended.
    std::shared_ptr<Timer> ended;

  protected:
    // The first failure counts. Then undo_local() is called, and undo() once nothing is outstanding.
    void fail(Error why);
    [[nodiscard]] bool failing() const noexcept { return failure_.has_value(); }
    // Sends the next request of those that take back what was done on the server; called until it sends none.
    virtual void undo() = 0;
    // Takes back what was done here, at once.
    virtual void undo_local() noexcept {}
    void finish() { done_ = true; }

    sftp::Writer request(sftp::Type type, Request what);
    sftp::Writer extended(std::string_view name, Request what);
    [[nodiscard]] SftpClient& client() const noexcept { return *client_; }
    std::uint64_t bytes_ = 0;

  private:
    friend class SftpClient;
    void advance();
    void answer(const Request& request, const sftp::Reply& reply);
    void undo_if_failed();

    std::shared_ptr<SftpClient> client_;
    std::size_t outstanding_ = 0;
    bool joined_ = false;
    bool begun_ = false;
    bool done_ = false;
    std::optional<Error> failure_;
};

class SftpClient {
  public:
    explicit SftpClient(SshSessionPtr session)
        : session_(std::move(session)) {}
    ~SftpClient();
    SftpClient(const SftpClient&) = delete;
    SftpClient& operator=(const SftpClient&) = delete;

    [[nodiscard]] const SshSessionPtr& session() const noexcept { return session_; }
    [[nodiscard]] bool ready() const noexcept { return state_ == State::ready; }
    // True while libssh2 is in the middle of opening: someone has to go on stepping.
    [[nodiscard]] bool opening() const noexcept {
        return state_ == State::opening || state_ == State::starting;
    }
    [[nodiscard]] bool has_room() const noexcept {
        return in_flight_ < flight_limit && out_.size() - sent_ < buffer_limit;
    }
    [[nodiscard]] bool has_posix_rename() const noexcept { return posix_rename_; }
    [[nodiscard]] std::uint32_t read_size() const noexcept { return read_size_; }
    [[nodiscard]] std::uint32_t write_size() const noexcept { return write_size_; }

    void join(SftpTransfer* transfer);
    void leave(SftpTransfer* transfer) noexcept;
    // Moves everything that can be moved, for all transfers.
    void pump();
    sftp::Writer request(SftpTransfer* transfer, sftp::Type type, SftpTransfer::Request what);

  private:
    enum class State { closed, waiting, opening, starting, greeting, asking_limits, ready };
    struct Pending {
        SftpTransfer* transfer; // null: its transfer has gone
        SftpTransfer::Request what;
    };

    static constexpr std::size_t flight_limit = 4 * 1024 * 1024; // bytes of data requests without an answer
    static constexpr std::size_t buffer_limit = 512 * 1024;      // bytes waiting to be sent
    static constexpr std::uint32_t window = 4 * 1024 * 1024;
    static constexpr std::uint32_t packet_limit =
        1024 * 1024;                                   // a longer one is no SFTP; OpenSSH sends 256 KiB
    static constexpr std::uint32_t modest = 32 * 1024; // what every server takes
    static constexpr std::uint32_t generous = 255 * 1024;

    void open_channel();
    void start_subsystem();
    void send();
    bool receive();
    bool take_packets();
    bool on_packet(std::string_view packet);
    void on_version(std::string_view packet);
    void on_limits(const sftp::Reply& reply);
    void fail(Error why);
    void let_go() noexcept;

    SshSessionPtr session_;
    State state_ = State::closed;
    LIBSSH2_CHANNEL* channel_ = nullptr;
    std::string out_;
    std::size_t sent_ = 0;
    std::vector<char> in_;
    std::size_t in_end_ = 0;
    std::uint32_t next_id_ = 0;
    std::size_t in_flight_ = 0;
    std::unordered_map<std::uint32_t, Pending> pending_;
    std::vector<SftpTransfer*> transfers_;
    bool posix_rename_ = false;
    std::uint32_t read_size_ = modest;
    std::uint32_t write_size_ = modest;
};

} // namespace otto::sdk
