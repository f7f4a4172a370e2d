// The known_hosts file on disk. Blocking.
#pragma once

#include <otto/sdk/ssh/known_hosts.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace otto::sdk {

// A missing file counts as empty. Parsed once per version of the file: a fleet asks hundreds of times. Throws
// Error(host_key) for a file that cannot be read. Any thread.
std::shared_ptr<const KnownHosts> read_known_hosts(const std::string& path);

// Appends one line, with the file locked, unless another one has added the key meanwhile (false). Makes the
// file with mode 0600 and its directory with 0700. Throws Error(host_key), also if the host got another key
// meanwhile.
bool append_known_host(const std::string& path, const std::string& host, std::uint16_t port,
                       const HostKey& key);

} // namespace otto::sdk
