// One connection to a host, with what lives on it: the session's shell, the file transfers, the keepalive.
#pragma once

#include "settings.hpp"

#include <otto/driver.hpp>
#include <otto/sdk/ssh/session.hpp>
#include <otto/sdk/ssh/sftp.hpp>
#include <otto/sdk/ssh/shell.hpp>

#include <memory>

namespace otto::unix_driver {

class Connection;
using ConnectionPtr = std::shared_ptr<Connection>;

// Used on the host's strand.
class Connection : public std::enable_shared_from_this<Connection> {
  public:
    // Throws what sdk::connect_ssh throws.
    static task<ConnectionPtr> open(HostContext context, const Settings& settings);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] const sdk::SshSessionPtr& session() const noexcept { return session_; }
    [[nodiscard]] sdk::Sftp& sftp() noexcept { return sftp_; }

    // The session's shell, started by the first call, and anew (with an event) when it has ended.
    task<sdk::SshShellPtr> shell();
    // The shell, if there is one.
    [[nodiscard]] const sdk::SshShellPtr& started_shell() const noexcept { return shell_; }

    // Leaves politely.
    task<> close();
    void abort() noexcept;

  private:
    Connection(HostContext context, const Settings& settings, sdk::SshSessionPtr session);
    static task<> keep_alive(sdk::SshSessionPtr session, Duration interval);

    HostContext context_;
    std::string shell_path_;
    sdk::SshSessionPtr session_;
    sdk::Sftp sftp_;
    sdk::SshShellPtr shell_;
};

} // namespace otto::unix_driver
