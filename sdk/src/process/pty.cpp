#include <otto/error.hpp>
#include <otto/sdk/pty.hpp>

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <cerrno>
#include <system_error>

namespace otto::sdk {

namespace {

constexpr unsigned short rows = 24;
constexpr unsigned short columns = 400;

void require(bool done, const char* what) {
    if (done) return;
    throw Error(Errc::internal,
                std::string("cannot ") + what + " a terminal: " + std::generic_category().message(errno));
}

// On the master the calls reach the settings that both sides share.
void configure(int master, PtyMode mode) {
    termios settings{};
    require(::tcgetattr(master, &settings) == 0, "read the settings of");
    settings.c_lflag &= static_cast<tcflag_t>(~(ECHO | ECHOE | ECHOK | ECHONL));
    settings.c_iflag &= static_cast<tcflag_t>(~(IXON | IXOFF));
    if (mode == PtyMode::exact_output) settings.c_oflag &= static_cast<tcflag_t>(~OPOST);
    require(::tcsetattr(master, TCSANOW, &settings) == 0, "configure");
    const winsize size{rows, columns, 0, 0};
    require(::ioctl(master, TIOCSWINSZ, &size) == 0, "size");
}

} // namespace

Pty Pty::open(PtyMode mode) {
    Fd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    require(static_cast<bool>(master), "open");
    require(::grantpt(master.get()) == 0 && ::unlockpt(master.get()) == 0, "unlock");
    char path[PATH_MAX];
    require(::ptsname_r(master.get(), path, sizeof path) == 0, "name");
    configure(master.get(), mode);
    set_nonblocking(master);
    return Pty(std::move(master), path);
}

bool interrupt_foreground(int master) noexcept {
    return ::ioctl(master, TIOCSIG, SIGINT) == 0;
}

} // namespace otto::sdk
