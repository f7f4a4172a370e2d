// Version and key exchange.
#pragma once

#include <otto/sdk/ssh/session.hpp>

#include <string>
#include <vector>

namespace otto::sdk {

// `host_key_types`: in the order in which they are to be offered. Throws Error: unreachable for a server that
// is silent
// (`limit`), hangs up or does not speak SSH, protocol if there is no common algorithm.
task<> exchange_keys(SshSessionPtr session, std::vector<std::string> host_key_types, Duration limit);

// Host key types that libssh2 can check, best first.
const std::vector<std::string>& supported_host_key_types();

} // namespace otto::sdk
