// A TCP connection that a server opens for us, as a stream: what a session through a hop sits on.
#pragma once

#include <otto/sdk/ssh/session.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace otto::sdk {

// Asks the server behind `session` to connect to an address as it sees it (direct-tcpip). The stream may be
// used on any one strand; its channel is freed by its own session, on its own strand. Throws Error:
// unreachable naming the hop and the server's reason, closed.
task<std::unique_ptr<ByteStream>> open_channel_stream(SshSessionPtr session, std::string host,
                                                      std::uint16_t port);

} // namespace otto::sdk
