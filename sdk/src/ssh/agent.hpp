// A client of the SSH agent (draft-miller-ssh-agent). libssh2's own blocks its thread.
#pragma once

#include <otto/task.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace otto::sdk {

struct AgentIdentity {
    std::string blob;
    std::string comment;
};

// The identities of an answer to "request identities"; empty for anything malformed. Sans-I/O.
std::vector<AgentIdentity> parse_identities(std::string_view answer);

class AgentClient {
  public:
    // At the socket that SSH_AUTH_SOCK names. Null if there is no agent.
    static task<std::shared_ptr<AgentClient>> connect(asio::any_io_executor strand);
    ~AgentClient();

    task<std::vector<AgentIdentity>> identities();
    // The signature without its algorithm name; empty if the agent refuses. `flags`: sha2_256 for
    // rsa-sha2-256.
    task<std::string> sign(std::string blob, std::string data, std::uint32_t flags);

    static constexpr std::uint32_t sha2_256 = 2;

  private:
    struct Parts;
    explicit AgentClient(std::unique_ptr<Parts> parts);
    task<std::string> ask(std::string request);
    std::unique_ptr<Parts> parts_;
};

} // namespace otto::sdk
