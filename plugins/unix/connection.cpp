#include "connection.hpp"

#include <otto/option.hpp>
#include <otto/sdk/ssh/connect.hpp>
#include <otto/timer.hpp>

#include <boost/system/system_error.hpp>

#include <utility>

namespace otto::unix_driver {

namespace {

constexpr int unanswered_limit = 3;

class HostServices final : public sdk::SshServices {
  public:
    explicit HostServices(HostContext context)
        : context_(std::move(context)) {}

    task<std::vector<std::string>> resolve(std::string name) override {
        return context_.resolve(std::move(name));
    }
    task<std::string> reveal(Secret secret) override { return context_.reveal(std::move(secret)); }
    task<> blocking(std::function<void()> work) override { return context_.blocking(std::move(work)); }
    void emit(Event event) override { context_.emit(std::move(event)); }

  private:
    HostContext context_;
};

} // namespace

Connection::Connection(HostContext context, const Settings& settings, sdk::SshSessionPtr session)
    : context_(std::move(context))
    , shell_path_(settings.shell)
    , session_(std::move(session))
    , sftp_(session_) {}

Connection::~Connection() {
    abort();
}

task<ConnectionPtr> Connection::open(HostContext context, const Settings& settings) {
    const auto services = std::make_shared<HostServices>(context);
    auto target = settings.target;
    auto session = co_await sdk::connect_ssh(context.executor(), std::move(target), services);
    ConnectionPtr connection(new Connection(context, settings, session));
    session->on_lost([context](std::string why) mutable { context.connection_lost(std::move(why)); });
    if (settings.keepalive > Duration::zero()) context.spawn(keep_alive(session, settings.keepalive));
    co_return connection;
}

// Asks while nothing comes by itself; a peer that has been silent for three intervals is gone.
task<> Connection::keep_alive(sdk::SshSessionPtr session, Duration interval) {
    Timer timer(session->executor(), "keepalive interval");
    auto heard = session->bytes_received();
    int unanswered = 0;
    while (!session->gone()) {
        timer.expires_after(interval);
        bool expired = false;
        try {
            expired = co_await timer.wait();
        } catch (const boost::system::system_error&) {
            // The host is being closed, which is no failure.
        }
        if (!expired || session->gone()) break;
        const auto now = session->bytes_received();
        if (now != heard) {
            heard = now;
            unanswered = 0;
            continue;
        }
        if (unanswered == unanswered_limit) {
            session->give_up("no answer to keepalives for " + format_duration(interval * unanswered_limit));
            break;
        }
        if (unanswered++ == 0) session->post(session->ping());
    }
}

task<sdk::SshShellPtr> Connection::shell() {
    if (shell_ && !shell_->alive()) {
        context_.emit(Event(EventKind::session_discarded, "the session's shell has ended; a new one begins"));
        shell_.reset();
    }
    if (!shell_) shell_ = co_await sdk::SshShell::open(session_, shell_path_);
    co_return shell_;
}

task<> Connection::close() {
    const auto shell = std::exchange(shell_, nullptr);
    if (shell) shell->close();
    co_await session_->disconnect();
}

void Connection::abort() noexcept {
    session_->abort("aborted");
}

} // namespace otto::unix_driver
