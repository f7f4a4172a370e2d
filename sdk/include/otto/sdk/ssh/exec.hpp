// One independent command on a channel of its own.
#pragma once

#include <otto/driver.hpp>
#include <otto/result.hpp>
#include <otto/sdk/ssh/session.hpp>

#include <memory>
#include <string>

namespace otto::sdk {

// Runs the command under `shell`, a POSIX shell, whatever the login shell is, and returns when its output has
// ended and its exit status is known, or 250 ms after the status if something still holds its output.
// Cancelled, it ends the command by its process group from a second channel, goes on with that in the
// background after 150 ms, and tells `io` what may still run. Throws Error: closed (connection lost), busy,
// usage, protocol; what was thrown before io->handed_over() means that nothing was sent.
task<CommandExit> ssh_exec(SshSessionPtr session, Command command, std::string shell,
                           std::shared_ptr<CommandIo> io);

// Signals what the script built by kill_script names; true if nothing is left. Never throws.
task<bool> ssh_kill(SshSessionPtr session, std::string script);

} // namespace otto::sdk
