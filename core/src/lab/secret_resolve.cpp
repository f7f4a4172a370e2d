#include "lab/secret_resolve.hpp"

#include "lab/unique_fd.hpp"

#include <otto/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace otto {
namespace {

std::string reason(int code) {
    return std::generic_category().message(code);
}

} // namespace

std::string resolve_env(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    if (!value)
        throw Error(Errc::lab, "the environment variable is not set").advice("export " + name + "=...");
    return value;
}

std::string resolve_file(const std::string& path) {
    // O_NONBLOCK, so that a FIFO without a writer cannot hang the open; the kind of the file is checked right
    // after.
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!fd) throw Error(Errc::lab, "cannot open the file: " + reason(errno));
    struct stat status = {};
    if (::fstat(fd.get(), &status) != 0) throw Error(Errc::lab, "cannot read the file: " + reason(errno));
    if (!S_ISREG(status.st_mode)) throw Error(Errc::lab, "not a regular file");
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        throw Error(Errc::lab, "others can read the file").advice("chmod 600 " + path);

    constexpr std::size_t longest = 64 * 1024;
    std::string text;
    char block[4096];
    while (text.size() <= longest) {
        const ssize_t n = ::read(fd.get(), block, sizeof block);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw Error(Errc::lab, "cannot read the file: " + reason(errno));
        if (n == 0) break;
        text.append(block, static_cast<std::size_t>(n));
        if (text.find('\n') != std::string::npos) break;
    }
    text.erase(std::min(text.find('\n'), text.size()));
    if (text.size() > longest) throw Error(Errc::lab, "the first line is longer than 64 KiB");
    if (!text.empty() && text.back() == '\r') text.pop_back();
    if (text.empty()) throw Error(Errc::lab, "the first line is empty");
    return text;
}

} // namespace otto
