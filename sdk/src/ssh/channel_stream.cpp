#include <otto/error.hpp>
#include <otto/sdk/ssh/channel_stream.hpp>
#include <otto/sdk/tcp_stream.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace otto::sdk {

namespace {

class OpenTcpOp final : public SshOp {
  public:
    OpenTcpOp(SshSessionPtr session, std::string host, std::uint16_t port)
        : session_(std::move(session))
        , host_(std::move(host))
        , port_(port) {}

    void cancel() override {
        if (phase_ != Phase::queued) return;
        session_->open_done(this);
        phase_ = Phase::left;
    }

    long step() override {
        if (phase_ == Phase::left) return 0;
        if (phase_ == Phase::queued) {
            if (!session_->may_open(this, SshSession::ChannelKind::other)) return again;
            phase_ = Phase::opening;
        }
        if (phase_ == Phase::opening) {
            const long answer = open();
            if (answer != 0 || !cancelled()) return answer;
            phase_ = Phase::freeing;
        }
        const long answer = libssh2_channel_free(channel);
        if (answer != again) session_->drop_channel(channel);
        return answer;
    }

    LIBSSH2_CHANNEL* channel = nullptr;
    std::string failure;

  private:
    enum class Phase { queued, opening, freeing, left };

    long open() {
        // The originator (RFC 4254, section 7.2) is only for the server's log.
        channel = libssh2_channel_direct_tcpip_ex(session_->raw(), host_.c_str(), port_, "127.0.0.1", 0);
        if (!channel && session_->last_errno() == again) return again;
        session_->open_done(this);
        if (!channel) {
            failure = session_->last_error();
            return LIBSSH2_ERROR_CHANNEL_FAILURE;
        }
        session_->add_channel(channel, SshSession::ChannelKind::other);
        return 0;
    }

    SshSessionPtr session_;
    std::string host_;
    std::uint16_t port_;
    Phase phase_ = Phase::queued;
};

class ChannelStream final : public ByteStream {
  public:
    ChannelStream(SshSessionPtr session, LIBSSH2_CHANNEL* channel, std::string peer)
        : session_(std::move(session))
        , channel_(std::make_shared<LIBSSH2_CHANNEL*>(channel))
        , peer_(std::move(peer)) {}
    ~ChannelStream() override { shut(); }

    task<std::size_t> read_some(asio::mutable_buffer space) override {
        std::function<long()> step = [channel = channel_, space]() -> long {
            return *channel ? libssh2_channel_read(*channel, static_cast<char*>(space.data()), space.size())
                            : 0;
        };
        // libssh2 answers `again` at the end, too, until the channel has its end of file.
        std::function<long()> read = [step = std::move(step), channel = channel_]() -> long {
            const long size = step();
            return size == 0 && *channel && !libssh2_channel_eof(*channel) ? SshOp::again : size;
        };
        const long size = co_await session_->call(std::move(read), true);
        if (size < 0) fail();
        co_return static_cast<std::size_t>(size);
    }

    task<std::size_t> write_some(asio::const_buffer bytes) override {
        std::function<long()> write = [channel = channel_, bytes, session = session_.get()]() -> long {
            if (!*channel) return SshOp::gone;
            if (!session->can_write()) return SshOp::again;
            const long size =
                libssh2_channel_write(*channel, static_cast<const char*>(bytes.data()), bytes.size());
            return size == 0 ? SshOp::again : size;
        };
        const long size = co_await session_->call(std::move(write), true);
        if (size < 0) fail();
        co_return static_cast<std::size_t>(size);
    }

    void shut() noexcept override {
        auto free = [session = session_, channel = channel_] {
            auto* raw = std::exchange(*channel, nullptr);
            if (!raw) return;
            session->pump();                   // calls in progress end
            SshSession* owner = session.get(); // outlives its operations
            auto step = [owner, raw]() -> long {
                const long answer = libssh2_channel_free(raw);
                if (answer != SshOp::again) owner->drop_channel(raw);
                return answer;
            };
            session->post(std::make_shared<SshCall>(std::move(step), false));
        };
        asio::post(session_->executor(), std::move(free));
    }

    [[nodiscard]] const std::string& peer() const noexcept override { return peer_; }

  private:
    [[noreturn]] static void fail() { throw boost::system::system_error(asio::error::connection_reset); }

    SshSessionPtr session_;
    std::shared_ptr<LIBSSH2_CHANNEL*>
        channel_; // belongs to the session's strand; null once it is being freed
    std::string peer_;
};

} // namespace

task<std::unique_ptr<ByteStream>> open_channel_stream(SshSessionPtr session, std::string host,
                                                      std::uint16_t port) {
    auto peer = endpoint_name(host, port) + " through " + session->peer();
    auto op = std::make_shared<OpenTcpOp>(session, std::move(host), port);
    const long answer = co_await session->run(op);
    if (answer == SshOp::gone)
        throw Error(Errc::closed, "the connection to the hop " + session->peer() + " was lost");
    if (answer != 0) {
        throw Error(Errc::unreachable, "cannot connect to " + peer + ": " + op->failure)
            .advice("is the address right as seen from the hop, and does it allow forwarding "
                    "(AllowTcpForwarding)?");
    }
    co_return std::make_unique<ChannelStream>(session, op->channel, std::move(peer));
}

} // namespace otto::sdk
