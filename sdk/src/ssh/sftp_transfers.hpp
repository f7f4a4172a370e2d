// The two directions of a transfer, as conversations: each answer decides the next request.
#pragma once

#include "sftp_client.hpp"
#include "sftp_local.hpp"

#include <otto/sdk/ssh/sftp.hpp>

#include <string>
#include <vector>

namespace otto::sdk {

class SftpPut final : public SftpTransfer {
  public:
    // `name`: what the file is called in a directory.
    SftpPut(std::shared_ptr<SftpClient> client, sftp::LocalFile source, std::string name, std::string target,
            SftpOptions options);

    void begin() override;
    void on_reply(const Request& request, const sftp::Reply& reply) override;
    void fill() override;

  private:
    enum Purpose {
        stat_target,
        open_file,
        write,
        set_mode,
        close,
        rename,
        rename_plainly,
        remove_target,
        clean
    };

    void undo() override;
    void on_target(const sftp::Reply& reply);
    void send_path(sftp::Type type, Purpose purpose, const std::string& path);
    void send_open();
    void send_end();
    void send_rename(bool posix);
    void fail_at(const std::string& path, const sftp::Reply& reply);

    sftp::LocalFile source_;
    std::string name_;
    std::string target_;
    SftpOptions options_;
    std::string temporary_;
    std::string handle_;
    std::vector<char> block_;
    std::uint64_t offset_ = 0;
    std::size_t closing_ = 0; // answers that are missing before the rename: writes, mode, close
    bool in_directory_ = false;
    bool created_ = false;
    bool at_end_ = false;
    bool removed_target_ = false;
};

class SftpGet final : public SftpTransfer {
  public:
    SftpGet(std::shared_ptr<SftpClient> client, std::string source, sftp::LocalFile target,
            SftpOptions options);

    void begin() override;
    void on_reply(const Request& request, const sftp::Reply& reply) override;
    void fill() override;

  private:
    enum Purpose { stat_source, open_file, read, close, clean };

    void undo() override;
    void undo_local() noexcept override { target_.discard(); }
    void on_source(const sftp::Reply& reply);
    void on_data(const Request& request, const sftp::Reply& reply);
    void send_read(std::uint64_t offset, std::uint32_t size);
    void send_close(Purpose purpose);
    void fail_at(const sftp::Reply& reply);

    std::string source_;
    sftp::LocalFile target_;
    SftpOptions options_;
    std::string handle_;
    std::uint64_t size_ = 0; // as the server said at first
    unsigned mode_ = 0600;
    std::uint64_t next_ = 0;
    std::uint64_t end_ = UINT64_MAX; // known once a read met the end of the file
    std::size_t reads_ = 0;
};

} // namespace otto::sdk
