#include "file_copy.hpp"

#include <otto/error.hpp>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>

namespace otto::local {

namespace {

constexpr std::size_t block = 1024 * 1024;
constexpr std::chrono::milliseconds slice(50); // ten progress events a second at most, and cancelled as soon
constexpr unsigned mode_bits = 07777;

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path, int error) {
    throw Error(Errc::transfer,
                "cannot " + what + " '" + path.string() + "': " + std::generic_category().message(error));
}

} // namespace

FileCopy::FileCopy(std::filesystem::path source, std::filesystem::path destination,
                   std::optional<unsigned> mode)
    : source_(std::move(source))
    , destination_(std::move(destination))
    , mode_(mode) {}

FileCopy::~FileCopy() {
    discard();
}

void FileCopy::discard() noexcept {
    const std::lock_guard lock(step_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
    temporary_.clear();
}

void FileCopy::open() {
    const std::lock_guard lock(step_);
    // Without O_NONBLOCK a FIFO would hold the thread until somebody writes to it.
    from_.reset(::open(source_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!from_) fail("read", source_, errno);
    struct stat about {};
    if (::fstat(from_.get(), &about) != 0) fail("read", source_, errno);
    if (!S_ISREG(about.st_mode)) {
        throw Error(Errc::transfer, "'" + source_.string() + "' is not a regular file");
    }
    total_ = static_cast<std::uint64_t>(about.st_size);
    if (!mode_) mode_ = about.st_mode & mode_bits;

    std::error_code ignored;
    if (std::filesystem::is_directory(destination_, ignored)) destination_ /= source_.filename();
    if (std::filesystem::is_directory(destination_, ignored)) fail("write", destination_, EISDIR);
    if (std::filesystem::is_symlink(destination_, ignored)) {
        destination_ = std::filesystem::weakly_canonical(destination_);
    }
    // Not made from the destination's name: that may already be as long as a name can be.
    temporary_ = (destination_.parent_path() / ".otto-XXXXXX").string();
    to_.reset(::mkostemp(temporary_.data(), O_CLOEXEC));
    if (to_) return;
    const int error = errno;
    temporary_.clear();
    fail("write", destination_, error);
}

bool FileCopy::copy_slice() {
    const std::lock_guard lock(step_);
    const auto end = std::chrono::steady_clock::now() + slice;
    while (!cancelled_ && std::chrono::steady_clock::now() < end) {
        const std::uint64_t copied = copy_some();
        done_ += copied;
        if (copied == 0) return false;
    }
    return !cancelled_;
}

std::uint64_t FileCopy::copy_some() {
    if (!kernel_copies_) return copy_through_memory();
    const ssize_t copied = ::copy_file_range(from_.get(), nullptr, to_.get(), nullptr, block, 0);
    if (copied > 0) return static_cast<std::uint64_t>(copied);
    if (copied < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG || errno == EIO)) {
        fail("write", destination_, errno);
    }
    // The end; or another file system, or a file of /proc, whose contents the kernel does not copy.
    kernel_copies_ = false;
    return copy_through_memory();
}

std::uint64_t FileCopy::copy_through_memory() {
    buffer_.resize(block);
    ssize_t got = 0;
    do {
        got = ::read(from_.get(), buffer_.data(), buffer_.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0) fail("read", source_, errno);
    for (ssize_t written = 0; written < got;) {
        const ssize_t now =
            ::write(to_.get(), buffer_.data() + written, static_cast<std::size_t>(got - written));
        if (now < 0 && errno != EINTR) fail("write", destination_, errno);
        if (now > 0) written += now;
    }
    return static_cast<std::uint64_t>(got);
}

void FileCopy::commit() {
    const std::lock_guard lock(step_);
    if (::fchmod(to_.get(), *mode_ & mode_bits) != 0) fail("set the mode of", destination_, errno);
    to_.reset();
    if (::rename(temporary_.c_str(), destination_.c_str()) != 0) fail("write", destination_, errno);
    temporary_.clear();
}

} // namespace otto::local
