#include "authentication.hpp"
#include "greeting.hpp"
#include "handshake.hpp"
#include "host_key_check.hpp"
#include "watchdog.hpp"

#include <otto/sdk/ssh/connect.hpp>
#include <otto/sdk/tcp_stream.hpp>

#include <utility>

namespace otto::sdk {

namespace {

// A login that fails or is cancelled in the middle leaves no connection behind.
class AbortUnlessKept {
  public:
    explicit AbortUnlessKept(SshSessionPtr session)
        : session_(std::move(session)) {}
    AbortUnlessKept(const AbortUnlessKept&) = delete;
    AbortUnlessKept& operator=(const AbortUnlessKept&) = delete;
    ~AbortUnlessKept() {
        if (session_) session_->abort("login failed");
    }
    void keep() noexcept { session_ = nullptr; }

  private:
    SshSessionPtr session_;
};

task<SshSessionPtr> login(asio::any_io_executor strand, std::unique_ptr<ByteStream> stream, SshTarget target,
                          std::shared_ptr<SshServices> services, Duration limit) {
    auto session = SshSession::start(strand, std::move(stream));
    AbortUnlessKept guard(session);
    HostKeyCheck host_key(target, *services);
    co_await exchange_keys(session, host_key.preferred_types(), limit);
    co_await host_key.check(session);
    co_await authenticate(session, target, services);
    session->logged_in();
    guard.keep();
    co_return session;
}

} // namespace

task<SshSessionPtr> login_ssh(asio::any_io_executor strand, std::unique_ptr<ByteStream> stream,
                              SshTarget target, std::shared_ptr<SshServices> services) {
    const auto limit = target.connect_timeout;
    co_return co_await login(std::move(strand), std::move(stream), std::move(target), std::move(services),
                             limit);
}

task<SshSessionPtr> connect_ssh(asio::any_io_executor strand, SshTarget target,
                                std::shared_ptr<SshServices> services) {
    const auto limit = target.connect_timeout;
    const auto deadline = deadline_after(limit);
    auto addresses = co_await services->resolve(target.host);
    auto stream = co_await dial_tcp(strand, std::move(addresses), target.port, limit);
    const auto left = limit == unbounded ? unbounded : time_left(deadline);
    co_return co_await login(strand, std::move(stream), std::move(target), std::move(services), left);
}

} // namespace otto::sdk
