#include "agent.hpp"

#include "wire.hpp"

#include <otto/error.hpp>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace otto::sdk {

namespace {

using boost::system::error_code;
using local = asio::local::stream_protocol;

// draft-miller-ssh-agent, section 5.1
constexpr char request_identities = 11;
constexpr char identities_answer = 12;
constexpr char sign_request = 13;
constexpr char sign_response = 14;
constexpr std::uint32_t answer_limit = 256 * 1024; // as OpenSSH's

} // namespace

struct AgentClient::Parts {
    explicit Parts(local::socket connected)
        : socket(std::move(connected)) {}
    local::socket socket;
};

AgentClient::AgentClient(std::unique_ptr<Parts> parts)
    : parts_(std::move(parts)) {}
AgentClient::~AgentClient() = default;

task<std::shared_ptr<AgentClient>> AgentClient::connect(asio::any_io_executor strand) {
    const char* path = std::getenv("SSH_AUTH_SOCK");
    if (!path || !*path || std::string_view(path).size() >= 108)
        co_return nullptr; // sun_path holds 108 bytes
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) throw boost::system::system_error(errno, boost::system::system_category());
    local::socket socket(strand, local(), descriptor);
    const local::endpoint endpoint(path);
    error_code failure;
    co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, failure));
    if (failure == asio::error::operation_aborted) throw boost::system::system_error(failure);
    if (failure) co_return nullptr;
    auto parts = std::make_unique<Parts>(std::move(socket));
    co_return std::shared_ptr<AgentClient>(new AgentClient(std::move(parts)));
}

task<std::string> AgentClient::ask(std::string request) {
    std::string message;
    put_string(message, request);
    const auto bytes = asio::buffer(message);
    co_await asio::async_write(parts_->socket, bytes, asio::use_awaitable);
    std::string size_bytes(4, '\0');
    const auto size_space = asio::buffer(size_bytes);
    co_await asio::async_read(parts_->socket, size_space, asio::use_awaitable);
    const auto size = WireReader(size_bytes).number();
    if (size > answer_limit) throw Error(Errc::authentication, "the SSH agent's answer is too long");
    std::string answer(size, '\0');
    const auto space = asio::buffer(answer);
    co_await asio::async_read(parts_->socket, space, asio::use_awaitable);
    co_return answer;
}

std::vector<AgentIdentity> parse_identities(std::string_view answer) {
    WireReader fields(answer);
    std::vector<AgentIdentity> identities;
    if (fields.byte() != identities_answer) return identities;
    for (auto count = fields.number(); count > 0 && fields.ok(); --count) {
        const auto blob = fields.string();
        const auto comment = fields.string();
        if (fields.ok()) identities.push_back({std::string(blob), std::string(comment)});
    }
    return identities;
}

task<std::vector<AgentIdentity>> AgentClient::identities() {
    std::string request(1, request_identities);
    const auto answer = co_await ask(std::move(request));
    co_return parse_identities(answer);
}

task<std::string> AgentClient::sign(std::string blob, std::string data, std::uint32_t flags) {
    std::string request(1, sign_request);
    put_string(request, blob);
    put_string(request, data);
    put_number(request, flags);
    const auto answer = co_await ask(std::move(request));
    WireReader fields(answer);
    if (fields.byte() != sign_response) co_return std::string();
    WireReader signature(fields.string());
    (void)signature.string(); // the algorithm
    co_return std::string(signature.string());
}

} // namespace otto::sdk
