#include "host/host_guard.hpp"

#include <otto/host.hpp>

#include <utility>

namespace otto {

Host::Host(HostContext context)
    : guard_(std::make_unique<HostGuard>(*this, std::move(context))) {}

Host::~Host() = default;

const std::string& Host::id() const noexcept {
    return guard_->context.id();
}

const std::string& Host::driver() const noexcept {
    return guard_->context.driver();
}

HostState Host::state() const noexcept {
    return guard_->state();
}

HostContext& Host::context() noexcept {
    return guard_->context;
}

task<> Host::open(Duration timeout) {
    return guard_->open(timeout);
}

task<CommandResult> Host::run(Command command) {
    HostGuard::DriverCommand driver = [this](Command c, std::shared_ptr<CommandIo> io) {
        return do_run(std::move(c), std::move(io));
    };
    return guard_->command("run", std::move(command), true, std::move(driver));
}

task<CommandResult> Host::exec(Command command) {
    Exec* capability = as<Exec>();
    if (!capability && guard_->services()->dry_run) {
        // A dry run does not open the host to ask.
        co_return co_await guard_->command("exec", std::move(command), false, nullptr);
    }
    if (!capability) capability = co_await require<Exec>(command.timeout().value_or(Duration(30'000)));
    co_return co_await capability->exec(std::move(command));
}

task<TransferResult> Host::put(std::filesystem::path local, std::string remote, TransferOptions options) {
    FileTransfer* capability = as<FileTransfer>();
    if (!capability && guard_->services()->dry_run)
        co_return co_await guard_->transfer("put", local.string(), std::move(remote), options, nullptr);
    if (!capability) capability = co_await require<FileTransfer>();
    co_return co_await capability->put(std::move(local), std::move(remote), options);
}

task<TransferResult> Host::get(std::string remote, std::filesystem::path local, TransferOptions options) {
    FileTransfer* capability = as<FileTransfer>();
    if (!capability && guard_->services()->dry_run)
        co_return co_await guard_->transfer("get", std::move(remote), local.string(), options, nullptr);
    if (!capability) capability = co_await require<FileTransfer>();
    co_return co_await capability->get(std::move(remote), std::move(local), options);
}

task<> Host::close(Duration limit) {
    const CloseOutcome outcome = co_await guard_->close(limit);
    if (outcome.error) throw Error(*outcome.error);
}

void Host::abort() noexcept {
    guard_->abort();
}

task<bool> Host::do_recover() {
    co_return false;
}

void* Host::do_query(std::string_view /*capability_id*/) noexcept {
    return nullptr;
}

void* Host::find_capability(std::string_view id) noexcept {
    return do_query(id);
}

task<void*> Host::require_capability(std::string_view id, Duration timeout) {
    const std::string wanted(id); // the caller's text need not outlive the awaits
    void* found = do_query(wanted);
    if (!found) {
        co_await guard_->open(timeout);
        found = do_query(wanted);
    }
    if (found) co_return found;
    throw Error(Errc::unsupported, "the driver '" + driver() + "' does not offer " + wanted).host(this->id());
}

task<> Host::enter_erased(std::string what, Duration timeout, std::function<task<>()> body) {
    return guard_->enter(std::move(what), timeout, std::move(body));
}

} // namespace otto
