#include "local_host.hpp"

#include <otto/error.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <functional>
#include <system_error>

namespace otto::local {

namespace {

// Removes a call from the set of running ones on every way out.
class Listed {
  public:
    Listed(std::set<ExecCall*>& calls, ExecCall& call)
        : calls_(calls)
        , call_(call) {
        calls_.insert(&call_);
    }
    ~Listed() { calls_.erase(&call_); }
    Listed(const Listed&) = delete;
    Listed& operator=(const Listed&) = delete;

  private:
    std::set<ExecCall*>& calls_;
    ExecCall& call_;
};

} // namespace

LocalHost::LocalHost(HostContext context)
    : Host(std::move(context))
    , Exec(static_cast<Host&>(*this))
    , FileTransfer(static_cast<Host&>(*this))
    , settings_(Host::context().options()) {}

LocalHost::~LocalHost() = default;

// Nothing is started for a host that may only be asked for a file: but what its commands need must be there.
task<> LocalHost::do_open() {
    auto require = [](const std::filesystem::path& path, const char* what, const char* option) {
        if (::access(path.c_str(), X_OK) == 0) return;
        throw Error(Errc::unreachable, std::string("cannot use the ") + what + " '" + path.string() +
                                           "': " + std::generic_category().message(errno))
            .advice(std::string("check `") + option + "` in the lab");
    };
    require(settings_.shell, "shell", "shell");
    if (!settings_.directory.empty()) require(settings_.directory, "directory", "directory");
    co_return;
}

task<CommandExit> LocalHost::do_run(Command command, std::shared_ptr<CommandIo> io) {
    if (shell_ && !shell_->alive()) {
        context().emit(
            Event(EventKind::session_discarded, "the session's shell has ended; a new one begins"));
        shell_.reset();
    }
    if (!shell_) shell_ = std::make_shared<Shell>(context().executor(), settings_);
    const std::shared_ptr<Shell> shell = shell_;
    const CommandExit exit = co_await shell->run(std::move(command), std::move(io));
    co_return exit;
}

task<bool> LocalHost::do_recover() {
    const std::shared_ptr<Shell> shell = shell_;
    if (!shell) co_return true; // the next command begins a session anyway
    const bool fit = co_await shell->recover();
    co_return fit;
}

task<> LocalHost::do_close() {
    const std::shared_ptr<Shell> shell = std::move(shell_);
    if (shell) co_await shell->close();
}

void LocalHost::do_abort() noexcept {
    for (ExecCall* call : calls_)
        call->abort();
    if (shell_) shell_->abort();
    shell_.reset();
}

void* LocalHost::do_query(std::string_view capability_id) noexcept {
    if (capability_id == Exec::capability_id) return static_cast<Exec*>(this);
    if (capability_id == FileTransfer::capability_id) return static_cast<FileTransfer*>(this);
    return nullptr;
}

task<CommandExit> LocalHost::do_exec(Command command, std::shared_ptr<CommandIo> io) {
    ExecCall call(context().executor(), settings_, std::move(command), std::move(io));
    const Listed listed(calls_, call);
    const CommandExit exit = co_await call.run();
    co_return exit;
}

task<std::uint64_t> LocalHost::do_put(std::filesystem::path local, std::string remote,
                                      TransferOptions options, std::shared_ptr<TransferProgress> progress) {
    auto job = std::make_shared<FileCopy>(std::move(local), settings_.resolve(remote), options.mode());
    return copy(std::move(job), std::move(progress));
}

task<std::uint64_t> LocalHost::do_get(std::string remote, std::filesystem::path local,
                                      TransferOptions options, std::shared_ptr<TransferProgress> progress) {
    auto job = std::make_shared<FileCopy>(settings_.resolve(remote), std::move(local), options.mode());
    return copy(std::move(job), std::move(progress));
}

// A cancelled caller leaves its slice behind on the blocking thread; it ends at its next block, and then the
// temporary file is taken away.
task<std::uint64_t> LocalHost::copy(std::shared_ptr<FileCopy> job,
                                    std::shared_ptr<TransferProgress> progress) {
    std::exception_ptr failure;
    try {
        const std::function<void()> open = [job] { job->open(); };
        co_await context().blocking(open);
        const auto more = std::make_shared<bool>(true);
        const std::function<void()> slice = [job, more] { *more = job->copy_slice(); };
        while (*more) {
            co_await context().blocking(slice);
            progress->update(job->done(), std::max(job->done(), job->total()));
        }
        const std::function<void()> commit = [job] { job->commit(); };
        co_await context().blocking(commit);
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        job->cancel();
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        const std::function<void()> discard = [job] { job->discard(); };
        co_await context().blocking(discard);
        std::rethrow_exception(failure);
    }
    co_return job->done();
}

} // namespace otto::local
