// Files over an SSH session by SFTP version 3 (draft-ietf-secsh-filexfer-02, and OpenSSH's PROTOCOL for
// extensions).
//
// A client of our own: libssh2's waits in a busy loop for a server that refuses SFTP, keeps one state machine
// for all files, and has no posix-rename in Debian 12. Here all transfers of a session share one channel,
// with many requests in flight, and none waits for another.
#pragma once

#include <otto/sdk/ssh/session.hpp>
#include <otto/task.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace otto::sdk {

class SftpOptions {
  public:
    // Permission bits of the new file; default: the nine of the source.
    SftpOptions& mode(unsigned bits) {
        mode_ = bits;
        return *this;
    }
    // Called on the strand with bytes moved and bytes expected.
    SftpOptions& progress(std::function<void(std::uint64_t, std::uint64_t)> callback) {
        progress_ = std::move(callback);
        return *this;
    }

    [[nodiscard]] std::optional<unsigned> mode() const noexcept { return mode_; }
    [[nodiscard]] const std::function<void(std::uint64_t, std::uint64_t)>& progress() const noexcept {
        return progress_;
    }

  private:
    std::optional<unsigned> mode_;
    std::function<void(std::uint64_t, std::uint64_t)> progress_;
};

class SftpClient;
class SftpTransfer;

// Used on the session's strand. The channel is opened by the first transfer, and again by the next one after
// it failed.
class Sftp {
  public:
    explicit Sftp(SshSessionPtr session);
    ~Sftp(); // closes the channel in the background; transfers in progress go on
    Sftp(const Sftp&) = delete;
    Sftp& operator=(const Sftp&) = delete;

    // One regular file, to its end as it is found then; returns the number of bytes. Written under a short
    // temporary name beside the destination and renamed over it; a destination that is a directory receives
    // the file under its own name. Relative remote paths and "~/" begin in the home directory. Whatever
    // fails, the temporary file is removed; cancelled, these wait for that at most 200 ms, and the session
    // goes on with it. Throws Error: transfer (with path and reason), unsupported (no SFTP on the server),
    // closed (connection lost), busy.
    task<std::uint64_t> put(std::filesystem::path local, std::string remote,
                            SftpOptions options = SftpOptions());
    task<std::uint64_t> get(std::string remote, std::filesystem::path local,
                            SftpOptions options = SftpOptions());

  private:
    static task<std::uint64_t> finish(SshSessionPtr session, std::shared_ptr<SftpTransfer> transfer);
    std::shared_ptr<SftpClient> client_;
};

} // namespace otto::sdk
