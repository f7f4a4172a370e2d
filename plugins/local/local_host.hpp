// This machine as a host of a lab.
#pragma once

#include "exec_call.hpp"
#include "file_copy.hpp"
#include "settings.hpp"
#include "shell.hpp"

#include <otto/host.hpp>

#include <memory>
#include <set>

namespace otto::local {

class LocalHost final : public Host, public Exec, public FileTransfer {
  public:
    explicit LocalHost(HostContext context);
    ~LocalHost() override;

  private:
    task<> do_open() override;
    task<CommandExit> do_run(Command command, std::shared_ptr<CommandIo> io) override;
    task<bool> do_recover() override;
    task<> do_close() override;
    void do_abort() noexcept override;
    void* do_query(std::string_view capability_id) noexcept override;
    task<CommandExit> do_exec(Command command, std::shared_ptr<CommandIo> io) override;
    task<std::uint64_t> do_put(std::filesystem::path local, std::string remote, TransferOptions options,
                               std::shared_ptr<TransferProgress> progress) override;
    task<std::uint64_t> do_get(std::string remote, std::filesystem::path local, TransferOptions options,
                               std::shared_ptr<TransferProgress> progress) override;

    task<std::uint64_t> copy(std::shared_ptr<FileCopy> job, std::shared_ptr<TransferProgress> progress);

    Settings settings_;
    std::shared_ptr<Shell> shell_; // from the first run on
    std::set<ExecCall*> calls_;    // those that run
};

} // namespace otto::local
