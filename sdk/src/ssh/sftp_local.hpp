// This machine's side of a transfer. Blocking calls on regular files only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace otto::sdk::sftp {

// A name of a fixed, short length, so that no limit is met however long the destination's own name is.
std::string temporary_name();

class LocalFile {
  public:
    // For reading. Throws Error(transfer), also for what is no regular file.
    static LocalFile open(const std::filesystem::path& path);
    // A temporary file beside `target`, removed unless committed. Throws Error(transfer).
    static LocalFile create_beside(const std::filesystem::path& target);
    LocalFile(LocalFile&& other) noexcept;
    LocalFile& operator=(LocalFile&&) = delete;
    ~LocalFile();

    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    [[nodiscard]] unsigned mode() const noexcept { return mode_; }

    // 0 at the end.
    std::size_t read(char* into, std::size_t size, std::uint64_t offset) const;
    void write(std::string_view data, std::uint64_t offset) const;
    // Sets length and mode and gives the file its name.
    void commit(std::uint64_t length, unsigned mode);
    // Closes the file, and removes it if it is temporary.
    void discard() noexcept;

  private:
    LocalFile(int fd, std::filesystem::path path)
        : fd_(fd)
        , path_(std::move(path)) {}

    int fd_;
    std::filesystem::path path_;
    std::filesystem::path target_; // of a temporary file
    std::uint64_t size_ = 0;
    unsigned mode_ = 0;
};

} // namespace otto::sdk::sftp
