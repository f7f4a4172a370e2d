#include "data_file.hpp"

#include <otto/error.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace otto::local {

sdk::Fd data_file(std::string_view bytes) {
    sdk::Fd file(::memfd_create("otto", MFD_CLOEXEC));
    bool good = static_cast<bool>(file);
    while (good && !bytes.empty()) {
        const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
        good = written > 0;
        if (good) bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (!good || ::lseek(file.get(), 0, SEEK_SET) != 0) {
        throw Error(Errc::internal,
                    "cannot keep the input of a command: " + std::generic_category().message(errno));
    }
    return file;
}

} // namespace otto::local
