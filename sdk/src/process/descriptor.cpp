#include <otto/error.hpp>
#include <otto/sdk/descriptor.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace otto::sdk {

namespace {

Pipe make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        throw Error(Errc::internal, "cannot make a pipe: " + std::generic_category().message(errno))
            .advice("raise the limit of open files (ulimit -n)");
    }
    return {Fd(ends[0]), Fd(ends[1])};
}

} // namespace

void Fd::reset(int number) noexcept {
    if (number_ >= 0) ::close(number_);
    number_ = number;
}

void set_nonblocking(const Fd& fd) {
    const int flags = ::fcntl(fd.get(), F_GETFL);
    if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) != 0) {
        throw Error(Errc::internal,
                    "cannot make a descriptor non-blocking: " + std::generic_category().message(errno));
    }
}

Pipe pipe_from_child() {
    Pipe pipe = make_pipe();
    set_nonblocking(pipe.read);
    return pipe;
}

Pipe pipe_to_child() {
    Pipe pipe = make_pipe();
    set_nonblocking(pipe.write);
    return pipe;
}

} // namespace otto::sdk
