#include "known_hosts_file.hpp"

#include "descriptor.hpp"

#include <otto/error.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>
#include <tuple>

namespace otto::sdk {

namespace {

constexpr std::size_t size_limit = 64 * 1024 * 1024;

[[noreturn]] void fail(const std::string& path, const char* what) {
    throw Error(Errc::host_key, std::string("cannot ") + what + " " + path + ": " + std::strerror(errno))
        .advice("see the option known_hosts");
}

using Version = std::tuple<dev_t, ino_t, off_t, std::int64_t, long>;

Version version_of(const struct stat& status) {
    return {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

class Cache {
  public:
    std::shared_ptr<const KnownHosts> get(const std::string& path, const Version& version, int descriptor) {
        const std::lock_guard lock(mutex_);
        auto& entry = entries_[path];
        if (!entry.parsed || entry.version != version) {
            const auto text = read_all(descriptor, size_limit);
            if (!text) fail(path, "read");
            entry = {version, std::make_shared<const KnownHosts>(*text)};
        }
        return entry.parsed;
    }

  private:
    struct Entry {
        Version version;
        std::shared_ptr<const KnownHosts> parsed;
    };
    std::mutex mutex_;
    std::map<std::string, Entry> entries_; // one per file that labs name
};

void make_directory(const std::string& path) {
    const auto directory = std::filesystem::path(path).parent_path();
    std::error_code ignored;
    if (directory.empty() || std::filesystem::exists(directory, ignored)) return;
    std::filesystem::create_directories(directory.parent_path(), ignored);
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) fail(directory, "make");
}

} // namespace

std::shared_ptr<const KnownHosts> read_known_hosts(const std::string& path) {
    static Cache cache;
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file && (errno == ENOENT || errno == ENOTDIR)) return std::make_shared<const KnownHosts>();
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0) fail(path, "read");
    return cache.get(path, version_of(status), file.get());
}

bool append_known_host(const std::string& path, const std::string& host, std::uint16_t port,
                       const HostKey& key) {
    make_directory(path);
    const Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!file) fail(path, "write");
    if (::flock(file.get(), LOCK_EX) != 0) fail(path, "lock");
    const auto text = read_all(file.get(), size_limit);
    if (!text) fail(path, "read");

    const auto verdict = KnownHosts(*text).check(host, port, key);
    if (verdict.kind() == HostKeyVerdict::Kind::match) return false;
    if (verdict.kind() != HostKeyVerdict::Kind::unknown)
        throw Error(Errc::host_key, verdict.describe(host, port, key, path));

    auto line = known_hosts_line(host, port, key);
    if (!text->empty() && text->back() != '\n') line.insert(line.begin(), '\n');
    if (::write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        fail(path, "write");
    return true;
}

} // namespace otto::sdk
