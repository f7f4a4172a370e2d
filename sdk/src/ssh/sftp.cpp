#include "sftp_client.hpp"
#include "sftp_transfers.hpp"

#include <otto/error.hpp>
#include <otto/sdk/ssh/sftp.hpp>
#include <otto/timer.hpp>

#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <utility>

namespace otto::sdk {
namespace {

constexpr Duration cleaning_time(200);

// SFTP has no tilde; relative paths begin in the home directory.
std::string remote_path(std::string path) {
    if (path.empty() || path == "~") return ".";
    if (path.starts_with("~/")) path.erase(0, path.find_first_not_of('/', 1));
    return path.empty() ? "." : path;
}

std::string last_name(const std::string& path) {
    return path.substr(path.rfind('/') + 1); // npos + 1 is 0
}

} // namespace

Sftp::Sftp(SshSessionPtr session)
    : client_(std::make_shared<SftpClient>(std::move(session))) {}
Sftp::~Sftp() = default;

task<std::uint64_t> Sftp::put(std::filesystem::path local, std::string remote, SftpOptions options) {
    sftp::LocalFile source = sftp::LocalFile::open(local);
    std::string target = remote_path(std::move(remote));
    std::string name = local.filename().string();
    std::shared_ptr<SftpTransfer> transfer = std::make_shared<SftpPut>(
        client_, std::move(source), std::move(name), std::move(target), std::move(options));
    SshSessionPtr session = client_->session();
    co_return co_await finish(std::move(session), std::move(transfer));
}

task<std::uint64_t> Sftp::get(std::string remote, std::filesystem::path local, SftpOptions options) {
    std::string source = remote_path(std::move(remote));
    std::error_code ignored;
    if (std::filesystem::is_directory(local, ignored)) local /= last_name(source);
    sftp::LocalFile target = sftp::LocalFile::create_beside(local);
    std::shared_ptr<SftpTransfer> transfer =
        std::make_shared<SftpGet>(client_, std::move(source), std::move(target), std::move(options));
    SshSessionPtr session = client_->session();
    co_return co_await finish(std::move(session), std::move(transfer));
}

task<std::uint64_t> Sftp::finish(SshSessionPtr session, std::shared_ptr<SftpTransfer> transfer) {
    std::exception_ptr cancelled;
    long answer = 0;
    try {
        answer = co_await session->run(transfer);
    } catch (const boost::system::system_error&) {
        cancelled = std::current_exception();
    }
    if (cancelled) {
        auto uncancellable = asio::disable_cancellation();
        co_await asio::this_coro::reset_cancellation_state(uncancellable);
        transfer->ended =
            std::make_shared<Timer>(session->executor(), "removal of a transfer's temporary file");
        transfer->ended->expires_after(cleaning_time);
        if (!transfer->has_ended()) co_await transfer->ended->wait();
        std::rethrow_exception(cancelled);
    }
    if (answer == SshOp::gone) throw Error(Errc::closed, "the connection was lost: " + session->reason());
    if (transfer->failure()) throw Error(*transfer->failure());
    co_return transfer->bytes();
}

} // namespace otto::sdk
