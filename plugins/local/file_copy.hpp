// Copies one regular file on a blocking thread, in slices, so that the host's strand tells how far it is and
// can give up in between. Under a temporary name beside the destination first; only commit() makes it
// visible.
#pragma once

#include <otto/sdk/descriptor.hpp>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace otto::local {

// Any thread; one step at a time, a second one waits. They throw Error(transfer).
class FileCopy {
  public:
    FileCopy(std::filesystem::path source, std::filesystem::path destination, std::optional<unsigned> mode);
    ~FileCopy();
    FileCopy(const FileCopy&) = delete;
    FileCopy& operator=(const FileCopy&) = delete;

    // [blocking] Opens the source and makes the temporary file. A destination that is a directory receives
    // the file under its own name; one that is a symbolic link stays one, and its target is replaced.
    void open();
    // [blocking] Copies for a while. False when nothing is left.
    bool copy_slice();
    // [blocking] Gives the file its mode and its name.
    void commit();

    // Makes a slice in progress end within a block. Does not wait for it.
    void cancel() noexcept { cancelled_ = true; }
    // [blocking] Waits for the step in progress and removes the temporary file; nothing after commit().
    void discard() noexcept;

    // Between two steps.
    [[nodiscard]] std::uint64_t done() const noexcept { return done_; }
    [[nodiscard]] std::uint64_t total() const noexcept { return total_; }

  private:
    [[nodiscard]] std::uint64_t copy_some();
    [[nodiscard]] std::uint64_t copy_through_memory();

    std::mutex step_;
    std::filesystem::path source_;
    std::filesystem::path destination_;
    std::optional<unsigned> mode_;
    std::string temporary_;
    sdk::Fd from_;
    sdk::Fd to_;
    std::vector<char> buffer_; // used where the kernel cannot copy by itself
    bool kernel_copies_ = true;
    std::uint64_t done_ = 0;
    std::uint64_t total_ = 0;
    std::atomic<bool> cancelled_ = false;
};

} // namespace otto::local
