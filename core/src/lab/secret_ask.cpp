#include "lab/secret_resolve.hpp"
#include "lab/unique_fd.hpp"

#include <otto/error.hpp>

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <mutex>
#include <string_view>
#include <system_error>

namespace otto {
namespace {

// Long enough for a person, short enough that a forgotten question ends and gives the terminal back.
constexpr auto patience = std::chrono::minutes(2);

// The terminal without echo, restored on every way out. Ctrl-C is read as a byte (ISIG is off): a signal
// would end the process, or unwind another thread, and leave the terminal as it is.
class QuietTerminal {
  public:
    QuietTerminal()
        : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {
        if (!fd_ || ::tcgetattr(fd_.get(), &before_) != 0)
            throw Error(Errc::lab, "there is no terminal to ask on").advice("use !env, !file or !command");
        if (::tcgetpgrp(fd_.get()) != ::getpgrp())
            throw Error(Errc::lab, "cannot ask, because the program runs in the background")
                .advice("run it in the foreground, or use !env, !file or !command");
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
        quiet.c_cc[VMIN] = 1;
        quiet.c_cc[VTIME] = 0;
        if (::tcsetattr(fd_.get(), TCSAFLUSH, &quiet) != 0)
            throw Error(Errc::lab, "cannot turn off the terminal's echo");
    }
    QuietTerminal(const QuietTerminal&) = delete;
    QuietTerminal& operator=(const QuietTerminal&) = delete;
    ~QuietTerminal() { ::tcsetattr(fd_.get(), TCSAFLUSH, &before_); }

    void write(std::string_view text) const {
        while (!text.empty()) {
            const ssize_t n = ::write(fd_.get(), text.data(), text.size());
            if (n < 0 && errno != EINTR) throw Error(Errc::lab, "the terminal went away");
            text.remove_prefix(n > 0 ? static_cast<std::size_t>(n) : 0);
        }
    }

    [[nodiscard]] unsigned char read(std::chrono::steady_clock::time_point deadline) const {
        for (;;) {
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now())
                    .count();
            if (left <= 0) throw Error(Errc::lab, "nobody answered within two minutes");
            pollfd wait = {fd_.get(), POLLIN, 0};
            if (::poll(&wait, 1, static_cast<int>(left)) <= 0) continue;
            unsigned char byte = 0;
            const ssize_t n = ::read(fd_.get(), &byte, 1);
            if (n == 1) return byte;
            if (n == 0 || errno != EINTR) throw Error(Errc::lab, "the terminal went away");
        }
    }

  private:
    UniqueFd fd_;
    termios before_ = {};
};

void erase_character(std::string& line) {
    // A character of UTF-8 with all its continuation bytes.
    while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xc0) == 0x80)
        line.pop_back();
    if (!line.empty()) line.pop_back();
}

std::string read_line(const QuietTerminal& terminal) {
    enum : unsigned char {
        ctrl_c = 3,
        ctrl_d = 4,
        backspace = 8,
        ctrl_u = 21,
        ctrl_backslash = 28,
        del = 127
    };
    constexpr std::size_t longest = 4096;
    const auto deadline = std::chrono::steady_clock::now() + patience;
    std::string line;
    for (;;) {
        const unsigned char byte = terminal.read(deadline);
        if (byte == '\n' || byte == '\r') return line;
        if (byte == ctrl_c || byte == ctrl_backslash || (byte == ctrl_d && line.empty()))
            throw Error(Errc::cancelled, "not answered");
        if (byte == ctrl_d) return line;
        if (byte == backspace || byte == del)
            erase_character(line);
        else if (byte == ctrl_u)
            line.clear();
        else if (byte >= ' ' || byte == '\t')
            line += static_cast<char>(byte);
        if (line.size() > longest) throw Error(Errc::lab, "the answer is too long");
    }
}

} // namespace

std::string resolve_ask(const std::string& prompt) {
    // Questions of several threads must not share the terminal.
    static std::mutex one_question;
    const std::lock_guard<std::mutex> lock(one_question);
    const QuietTerminal terminal;
    terminal.write((prompt.empty() ? std::string("password") : prompt) + ": ");
    try {
        std::string answer = read_line(terminal);
        terminal.write("\n");
        return answer;
    } catch (const Error&) {
        terminal.write("\n");
        throw;
    }
}

} // namespace otto
