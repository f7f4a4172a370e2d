#include "sftp_local.hpp"

#include <otto/error.hpp>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace otto::sdk::sftp {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& why) {
    throw Error(Errc::transfer, "local file '" + path.string() + "': " + why);
}

[[noreturn]] void fail_errno(const std::filesystem::path& path) {
    fail(path, std::generic_category().message(errno));
}

} // namespace

std::string temporary_name() {
    std::uint64_t number = 0;
    if (::getrandom(&number, sizeof number, 0) != static_cast<ssize_t>(sizeof number))
        throw std::system_error(errno, std::generic_category(), "getrandom");
    std::array<char, 24> name{};
    std::snprintf(name.data(), name.size(), ".otto-%016llx", static_cast<unsigned long long>(number));
    return name.data();
}

LocalFile LocalFile::open(const std::filesystem::path& path) {
    // Not blocking: a FIFO would wait for its other end.
    int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) fail_errno(path);
    LocalFile file(fd, path);
    struct stat info {};
    if (::fstat(fd, &info) != 0) fail_errno(path);
    if (S_ISDIR(info.st_mode)) fail(path, "is a directory; one regular file at a time is transferred");
    if (!S_ISREG(info.st_mode)) fail(path, "is not a regular file");
    file.size_ = static_cast<std::uint64_t>(info.st_size);
    file.mode_ = info.st_mode;
    return file;
}

LocalFile LocalFile::create_beside(const std::filesystem::path& target) {
    struct stat info {};
    if (::stat(target.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) fail(target, "is not a regular file");
    std::filesystem::path path = target.parent_path() / temporary_name();
    int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) fail_errno(target);
    LocalFile file(fd, std::move(path));
    file.target_ = target;
    return file;
}

LocalFile::LocalFile(LocalFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1))
    , path_(std::move(other.path_))
    , target_(std::move(other.target_))
    , size_(other.size_)
    , mode_(other.mode_) {}

LocalFile::~LocalFile() {
    discard();
}

std::size_t LocalFile::read(char* into, std::size_t size, std::uint64_t offset) const {
    ssize_t got = 0;
    do {
        got = ::pread(fd_, into, size, static_cast<off_t>(offset));
    } while (got < 0 && errno == EINTR);
    if (got < 0) fail_errno(path_);
    return static_cast<std::size_t>(got);
}

void LocalFile::write(std::string_view data, std::uint64_t offset) const {
    while (!data.empty()) {
        ssize_t done = ::pwrite(fd_, data.data(), data.size(), static_cast<off_t>(offset));
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) fail_errno(target_);
        data.remove_prefix(static_cast<std::size_t>(done));
        offset += static_cast<std::uint64_t>(done);
    }
}

void LocalFile::commit(std::uint64_t length, unsigned mode) {
    if (::ftruncate(fd_, static_cast<off_t>(length)) != 0 || ::fchmod(fd_, mode) != 0) fail_errno(target_);
    if (::close(std::exchange(fd_, -1)) != 0 || ::rename(path_.c_str(), target_.c_str()) != 0) {
        int error = errno;
        ::unlink(path_.c_str());
        errno = error;
        fail_errno(target_);
    }
}

void LocalFile::discard() noexcept {
    if (fd_ < 0) return;
    ::close(std::exchange(fd_, -1));
    if (!target_.empty()) ::unlink(path_.c_str());
}

} // namespace otto::sdk::sftp
