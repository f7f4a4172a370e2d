#include "watchdog.hpp"

#include <otto/error.hpp>
#include <otto/option.hpp>
#include <otto/sdk/tcp_stream.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace otto::sdk {

namespace {

using asio::ip::tcp;
using boost::system::error_code;

class TcpStream final : public ByteStream {
  public:
    TcpStream(tcp::socket socket, std::string peer)
        : socket_(std::move(socket))
        , peer_(std::move(peer)) {}

    task<std::size_t> read_some(asio::mutable_buffer space) override {
        error_code failure;
        const auto size =
            co_await socket_.async_read_some(space, asio::redirect_error(asio::use_awaitable, failure));
        if (failure == asio::error::eof) co_return 0;
        if (failure) throw boost::system::system_error(failure);
        if (size < small_read) acknowledge_now();
        co_return size;
    }

    task<std::size_t> write_some(asio::const_buffer bytes) override {
        co_return co_await socket_.async_write_some(bytes, asio::use_awaitable);
    }

    void shut() noexcept override {
        error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_both, ignored);
        socket_.close(ignored);
    }

    [[nodiscard]] const std::string& peer() const noexcept override { return peer_; }

  private:
    static constexpr std::size_t small_read = 2048;

    void acknowledge_now() noexcept {
        const int on = 1; // the kernel forgets it again, so it is set after each read
        (void)::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    }

    tcp::socket socket_;
    std::string peer_;
};

tcp::socket make_socket(const asio::any_io_executor& strand, const tcp& protocol) {
    const int descriptor =
        ::socket(protocol.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol.protocol());
    if (descriptor < 0) throw boost::system::system_error(errno, boost::system::system_category());
    return tcp::socket(strand, protocol, descriptor);
}

// What the system's words leave out: what to look at.
std::string explain(const error_code& failure, const std::string& peer) {
    if (failure == asio::error::connection_refused)
        return "connection refused by " + peer + "; is the server running there?";
    if (failure == asio::error::network_unreachable || failure == asio::error::host_unreachable)
        return "no route to " + peer;
    return "cannot connect to " + peer + ": " + failure.message();
}

// A stream, or the reason why there is none.
class Attempt {
  public:
    explicit Attempt(std::unique_ptr<ByteStream> made)
        : stream(std::move(made)) {}
    explicit Attempt(std::string why)
        : reason(std::move(why)) {}
    std::unique_ptr<ByteStream> stream;
    std::string reason;
};

task<Attempt> try_one(asio::any_io_executor strand, std::string address, std::uint16_t port, Duration limit) {
    const auto peer = endpoint_name(address, port);
    error_code failure;
    const auto parsed = asio::ip::make_address(address, failure);
    if (failure) co_return Attempt("'" + address + "' is no numeric address");
    const tcp::endpoint endpoint(parsed, port);
    auto socket = make_socket(strand, endpoint.protocol());
    std::function<void()> give_up = [&socket] {
        error_code ignored;
        socket.close(ignored);
    };
    Watchdog watchdog(strand, limit, "connect timeout", std::move(give_up));
    co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, failure));
    if (watchdog.has_bitten())
        co_return Attempt("no answer from " + peer + " within " + format_duration(limit));
    if (failure == asio::error::operation_aborted) throw boost::system::system_error(failure);
    if (failure) co_return Attempt(explain(failure, peer));
    socket.set_option(tcp::no_delay(true));
    std::unique_ptr<ByteStream> stream = std::make_unique<TcpStream>(std::move(socket), peer);
    co_return Attempt(std::move(stream));
}

} // namespace

std::string endpoint_name(const std::string& address, std::uint16_t port) {
    const bool bracket = address.find(':') != std::string::npos;
    return (bracket ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

task<std::unique_ptr<ByteStream>> dial_tcp(asio::any_io_executor strand, std::vector<std::string> addresses,
                                           std::uint16_t port, Duration limit) {
    const auto deadline = deadline_after(limit);
    std::string reasons;
    std::unique_ptr<ByteStream> stream;
    for (const auto& address : addresses) {
        const auto left = limit == unbounded ? unbounded : time_left(deadline);
        auto attempt = co_await try_one(strand, address, port, left);
        stream = std::move(attempt.stream);
        if (stream) break;
        if (!reasons.empty()) reasons += "; ";
        reasons += attempt.reason;
        if (left == Duration::zero()) break;
    }
    if (reasons.empty()) reasons = "the host has no address";
    if (!stream) throw Error(Errc::unreachable, reasons);
    co_return stream;
}

} // namespace otto::sdk
