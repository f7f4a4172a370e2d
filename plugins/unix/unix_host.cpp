#include "unix_host.hpp"

#include <otto/error.hpp>
#include <otto/sdk/ssh/exec.hpp>

#include <utility>

namespace otto::unix_driver {

namespace {

sdk::SftpOptions sftp_options(const TransferOptions& options, std::shared_ptr<TransferProgress> progress) {
    sdk::SftpOptions made;
    if (options.mode()) made.mode(*options.mode());
    made.progress([progress = std::move(progress)](std::uint64_t done, std::uint64_t total) {
        progress->update(done, total);
    });
    return made;
}

} // namespace

UnixHost::UnixHost(HostContext context)
    : Host(std::move(context))
    , Exec(static_cast<Host&>(*this))
    , FileTransfer(static_cast<Host&>(*this))
    , settings_(Host::context()) {}

UnixHost::~UnixHost() = default;

ConnectionPtr UnixHost::connection() const {
    if (!connection_) throw Error(Errc::closed, "the connection was dropped");
    return connection_;
}

task<> UnixHost::do_open() {
    if (context().hop()) {
        // Dialling the address directly would reach another machine, or leak what it is.
        throw Error(Errc::unsupported, "this driver cannot go through the hop '" + *context().hop() + "' yet")
            .advice("remove `hop` if the host can be reached directly");
    }
    connection_ = nullptr;
    connection_ = co_await Connection::open(context(), settings_);
}

task<CommandExit> UnixHost::do_run(Command command, std::shared_ptr<CommandIo> io) {
    const auto held = connection();
    if (command.wants_pty()) {
        throw Error(Errc::unsupported, "the session's shell has no terminal")
            .advice("use exec for a command that needs one");
    }
    const auto shell = co_await held->shell();
    const CommandExit exit = co_await shell->run(std::move(command), std::move(io));
    co_return exit;
}

task<bool> UnixHost::do_recover() {
    const auto held = connection_;
    if (!held || held->session()->gone()) co_return false;
    const auto shell = held->started_shell();
    if (!shell) co_return true; // cut off before there was one
    const bool fit = co_await shell->recover();
    co_return fit;
}

task<> UnixHost::do_close() {
    const auto leaving = std::exchange(connection_, nullptr);
    if (leaving) co_await leaving->close();
}

void UnixHost::do_abort() noexcept {
    const auto leaving = std::exchange(connection_, nullptr);
    if (leaving) leaving->abort();
}

void* UnixHost::do_query(std::string_view capability_id) noexcept {
    if (capability_id == Exec::capability_id) return static_cast<Exec*>(this);
    if (capability_id == FileTransfer::capability_id) return static_cast<FileTransfer*>(this);
    return nullptr;
}

task<CommandExit> UnixHost::do_exec(Command command, std::shared_ptr<CommandIo> io) {
    const auto held = connection();
    return sdk::ssh_exec(held->session(), std::move(command), settings_.shell, std::move(io));
}

task<std::uint64_t> UnixHost::do_put(std::filesystem::path local, std::string remote, TransferOptions options,
                                     std::shared_ptr<TransferProgress> progress) {
    const auto held = connection();
    auto how = sftp_options(options, std::move(progress));
    const auto size = co_await held->sftp().put(std::move(local), std::move(remote), std::move(how));
    co_return size;
}

task<std::uint64_t> UnixHost::do_get(std::string remote, std::filesystem::path local, TransferOptions options,
                                     std::shared_ptr<TransferProgress> progress) {
    const auto held = connection();
    auto how = sftp_options(options, std::move(progress));
    const auto size = co_await held->sftp().get(std::move(remote), std::move(local), std::move(how));
    co_return size;
}

} // namespace otto::unix_driver
