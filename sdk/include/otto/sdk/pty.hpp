// A pseudo-terminal. Its settings are made before a child sees it, so no `stty` races with the first command.
#pragma once

#include <otto/sdk/descriptor.hpp>

#include <string>

namespace otto::sdk {

enum class PtyMode {
    // What a command prints is what is read: no echo, and output is not processed (LF stays LF). Control
    // characters
    // still raise signals, and input still comes in lines.
    exact_output,
    // As a person's terminal (LF becomes CR LF), but without echo.
    terminal,
};

class Pty {
  public:
    // 400 columns, so that nothing wraps. The master does not block. Throws Error(internal) with the kernel's
    // reason.
    static Pty open(PtyMode mode);

    [[nodiscard]] const Fd& master() const noexcept { return master_; }
    [[nodiscard]] Fd take_master() noexcept { return std::move(master_); }
    // For SpawnRequest::terminal.
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

  private:
    Pty(Fd master, std::string path)
        : master_(std::move(master))
        , path_(std::move(path)) {}
    Fd master_;
    std::string path_;
};

// The foreground process group of the terminal gets the signal of its interrupt character. False if there is
// none.
bool interrupt_foreground(int master) noexcept;

} // namespace otto::sdk
