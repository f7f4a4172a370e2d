// libssh2's callbacks into a session: input and output from memory, and its allocator, which sees every
// message go by.
#pragma once

#include <otto/sdk/ssh/session.hpp>

#include <sys/types.h>

namespace otto::sdk {

struct SshSession::Hooks {
    static ssize_t on_receive(libssh2_socket_t socket, void* space, std::size_t size, int flags,
                              void** session);
    static ssize_t on_send(libssh2_socket_t socket, const void* bytes, std::size_t size, int flags,
                           void** session);
    static void* on_allocate(std::size_t size, void** session);
    static void* on_reallocate(void* block, std::size_t size, void** session);
    static void on_free(void* block, void** session);
};

} // namespace otto::sdk
