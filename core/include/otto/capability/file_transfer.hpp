// otto.file-transfer/1: files between this machine and the host. No turn is taken.
#pragma once

#include <otto/capability.hpp>
#include <otto/result.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace otto {

class OTTO_API TransferOptions {
  public:
    TransferOptions();
    ~TransferOptions();
    TransferOptions(const TransferOptions&);
    TransferOptions& operator=(const TransferOptions&);

    // The whole transfer, connecting included. Default: the host's `timeout` times ten, at least five
    // minutes.
    TransferOptions& timeout(Duration limit);
    // Permission bits of the new file; default: those of the source.
    TransferOptions& mode(unsigned bits);

    [[nodiscard]] std::optional<Duration> timeout() const noexcept { return timeout_; }
    [[nodiscard]] std::optional<unsigned> mode() const noexcept { return mode_; }

  private:
    std::optional<Duration> timeout_;
    std::optional<unsigned> mode_;
};

// How a driver tells how far it is; events come from it, at most ten a second.
class OTTO_API TransferProgress {
  public:
    explicit TransferProgress(std::function<void(std::uint64_t, std::uint64_t)> report);
    ~TransferProgress();
    // [strand]
    void update(std::uint64_t done, std::uint64_t total);
    [[nodiscard]] std::uint64_t done() const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

class OTTO_API FileTransfer : public Capability {
  public:
    static constexpr std::string_view capability_id = "otto.file-transfer/1";

    // One regular file. Atomic: a temporary name beside the destination, then a rename; on failure nothing is
    // left. A destination that is a directory receives the file under its own name. Throws Error: transfer
    // (with the peer's reason), timed_out, closed, and what connecting throws.
    task<TransferResult> put(std::filesystem::path local, std::string remote,
                             TransferOptions options = TransferOptions());
    task<TransferResult> get(std::string remote, std::filesystem::path local,
                             TransferOptions options = TransferOptions());

  protected:
    using Capability::Capability;
    ~FileTransfer() = default;

  private:
    // [strand, concurrent] Return the number of bytes moved. Cancelled: remove the temporary file, then end.
    virtual task<std::uint64_t> do_put(std::filesystem::path local, std::string remote,
                                       TransferOptions options,
                                       std::shared_ptr<TransferProgress> progress) = 0;
    virtual task<std::uint64_t> do_get(std::string remote, std::filesystem::path local,
                                       TransferOptions options,
                                       std::shared_ptr<TransferProgress> progress) = 0;
};

} // namespace otto
