// A connected stream of bytes: what lies below an SSH session. A TCP socket, or a channel of another session.
#pragma once

#include <otto/task.hpp>

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <string>

namespace otto::sdk {

// Used on one strand. One read and one write may be in progress at a time.
class ByteStream {
  public:
    ByteStream() = default;
    ByteStream(const ByteStream&) = delete;
    ByteStream& operator=(const ByteStream&) = delete;
    virtual ~ByteStream() = default;

    // At least one byte, or 0 at the end. Throws boost::system::system_error.
    virtual task<std::size_t> read_some(asio::mutable_buffer space) = 0;
    // Some of the bytes, at least one. Throws boost::system::system_error.
    virtual task<std::size_t> write_some(asio::const_buffer bytes) = 0;
    // Drops the connection; calls in progress then fail. Never blocks, idempotent.
    virtual void shut() noexcept = 0;
    // The other end, for messages: "127.0.0.1:22".
    [[nodiscard]] virtual const std::string& peer() const noexcept = 0;
};

} // namespace otto::sdk
