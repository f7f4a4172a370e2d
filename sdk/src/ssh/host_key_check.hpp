// Decides about a server's key, after the key exchange and before anything secret is sent.
#pragma once

#include <otto/sdk/ssh/connect.hpp>
#include <otto/sdk/ssh/known_hosts.hpp>

#include <memory>
#include <string>
#include <vector>

namespace otto::sdk {

class HostKeyCheck {
  public:
    // Reads the known_hosts file, unless policy or pin make it needless. Both outlive the check.
    HostKeyCheck(const SshTarget& target, SshServices& services);

    // The types to offer: those known for the host first, or the server would present a key that the file
    // does not have, although it has another, and the host would look changed.
    [[nodiscard]] std::vector<std::string> preferred_types() const;

    // Throws Error(host_key). Writes an unknown key to the file if the policy says so, with an event.
    task<> check(SshSessionPtr session);

  private:
    void check_pin(const HostKey& presented) const;
    task<> add(HostKey presented);

    const SshTarget& target_;
    SshServices& services_;
    std::shared_ptr<const KnownHosts> known_;
};

} // namespace otto::sdk
