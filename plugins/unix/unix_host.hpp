// A Unix machine, reached over SSH.
#pragma once

#include "connection.hpp"
#include "settings.hpp"

#include <otto/host.hpp>

#include <memory>

namespace otto::unix_driver {

class UnixHost final : public Host, public Exec, public FileTransfer {
  public:
    explicit UnixHost(HostContext context);
    ~UnixHost() override;

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

    // Throws Error(closed) without one.
    [[nodiscard]] ConnectionPtr connection() const;

    Settings settings_;
    ConnectionPtr connection_;
};

} // namespace otto::unix_driver
