// TCP connections.
#pragma once

#include <otto/sdk/byte_stream.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace otto::sdk {

// "192.0.2.1:22", "[::1]:22"
std::string endpoint_name(const std::string& address, std::uint16_t port);

// Connects to the first of the numeric addresses that answers; all of them within `limit`. The stream has
// TCP_NODELAY, and acknowledges small reads at once, because a peer with Nagle's algorithm would else wait
// for a delayed acknowledgement (about 40 ms). Call it on `strand`; cancelling it closes the socket. Throws
// Error(unreachable) with the reason for each address.
task<std::unique_ptr<ByteStream>> dial_tcp(asio::any_io_executor strand, std::vector<std::string> addresses,
                                           std::uint16_t port, Duration limit);

} // namespace otto::sdk
