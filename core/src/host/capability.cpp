#include "host/host_guard.hpp"

#include <otto/capability/exec.hpp>
#include <otto/capability/file_transfer.hpp>

#include <utility>

namespace otto {

task<CommandResult> Exec::exec(Command command) {
    HostGuard::DriverCommand driver = [this](Command c, std::shared_ptr<CommandIo> io) {
        return do_exec(std::move(c), std::move(io));
    };
    return HostGuard::of(capability_host()).command("exec", std::move(command), false, std::move(driver));
}

task<TransferResult> FileTransfer::put(std::filesystem::path local, std::string remote,
                                       TransferOptions options) {
    HostGuard::DriverTransfer driver = [this, local, remote,
                                        options](std::shared_ptr<TransferProgress> progress) {
        return do_put(local, remote, options, std::move(progress));
    };
    return HostGuard::of(capability_host())
        .transfer("put", local.string(), remote, options, std::move(driver));
}

task<TransferResult> FileTransfer::get(std::string remote, std::filesystem::path local,
                                       TransferOptions options) {
    HostGuard::DriverTransfer driver = [this, local, remote,
                                        options](std::shared_ptr<TransferProgress> progress) {
        return do_get(remote, local, options, std::move(progress));
    };
    return HostGuard::of(capability_host())
        .transfer("get", remote, local.string(), options, std::move(driver));
}

TransferOptions::TransferOptions() = default;
TransferOptions::~TransferOptions() = default;
TransferOptions::TransferOptions(const TransferOptions&) = default;
TransferOptions& TransferOptions::operator=(const TransferOptions&) = default;

TransferOptions& TransferOptions::timeout(Duration limit) {
    timeout_ = limit;
    return *this;
}

TransferOptions& TransferOptions::mode(unsigned bits) {
    mode_ = bits;
    return *this;
}

struct TransferProgress::State {
    std::function<void(std::uint64_t, std::uint64_t)> report;
    std::uint64_t done = 0;
    std::chrono::steady_clock::time_point last_report{};
};

TransferProgress::TransferProgress(std::function<void(std::uint64_t, std::uint64_t)> report)
    : state_(std::make_unique<State>()) {
    state_->report = std::move(report);
}

TransferProgress::~TransferProgress() = default;

void TransferProgress::update(std::uint64_t done, std::uint64_t total) {
    static constexpr std::chrono::milliseconds least_interval{100};
    state_->done = done;
    const auto now = std::chrono::steady_clock::now();
    if (done < total && now - state_->last_report < least_interval) return;
    state_->last_report = now;
    state_->report(done, total);
}

std::uint64_t TransferProgress::done() const noexcept {
    return state_->done;
}

} // namespace otto
