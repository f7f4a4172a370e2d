#include "key_file.hpp"

#include "descriptor.hpp"

#include <otto/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <map>
#include <mutex>
#include <tuple>

namespace otto::sdk {

namespace {

constexpr std::size_t size_limit = 64 * 1024;

using Version = std::tuple<dev_t, ino_t, off_t, std::int64_t, long>;

// One entry per key file that labs name; a changed file replaces its entry.
class Cache {
  public:
    std::shared_ptr<const KeyFile> find(const std::string& path, const Version& version) {
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(path);
        return found != entries_.end() && found->second.first == version ? found->second.second : nullptr;
    }
    void put(const std::string& path, const Version& version, std::shared_ptr<const KeyFile> file) {
        const std::lock_guard lock(mutex_);
        entries_[path] = {version, std::move(file)};
    }

  private:
    std::mutex mutex_;
    std::map<std::string, std::pair<Version, std::shared_ptr<const KeyFile>>> entries_;
};

[[noreturn]] void fail() {
    throw Error(Errc::authentication, std::strerror(errno));
}

} // namespace

std::shared_ptr<const KeyFile> read_key_file(const std::string& path,
                                             const std::optional<std::string>& passphrase) {
    static Cache cache;
    const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (!descriptor || ::fstat(descriptor.get(), &status) != 0) fail();
    const Version version{status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
                          status.st_mtim.tv_nsec};
    if (auto known = cache.find(path, version)) return known;

    auto text = read_all(descriptor.get(), size_limit);
    if (!text) fail();
    auto key = PrivateKey::parse(*text, passphrase);
    const bool keep = !is_encrypted_key(*text); // or a wrong passphrase would do from the second time on
    auto file = std::make_shared<const KeyFile>(std::move(*text), std::move(key));
    if (keep) cache.put(path, version, file);
    return file;
}

} // namespace otto::sdk
