// User authentication (RFC 4252).
#pragma once

#include <otto/sdk/ssh/connect.hpp>

#include <memory>

namespace otto::sdk {

// Tries what the target has, in the order key files, agent, password, keyboard-interactive, as far as the
// server offers it. Throws Error(authentication) that says what was tried and what the server offers.
task<> authenticate(SshSessionPtr session, SshTarget target, std::shared_ptr<SshServices> services);

} // namespace otto::sdk
