// How a command is given to a remote host: as text that any login shell hands on unharmed to a POSIX shell.
// Sans-I/O.
#pragma once

#include <otto/command.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace otto::sdk {

class ExecScript {
  public:
    // `shell`: path of a POSIX shell, of plain letters. `id`: letters and digits that no other command has.
    // Throws Error(usage) for a command with NUL bytes, for a variable that has no valid name, and for a
    // command on a terminal that is too long (a terminal's line holds 4,095 bytes).
    ExecScript(const Command& command, const std::string& shell, std::string id);

    // For the exec request. Its quoting is read alike by sh, csh and fish.
    [[nodiscard]] const std::string& line() const noexcept { return line_; }
    // To be sent before the command's own standard input, which has to wait until the mark has come. Empty
    // unless the command is too long for an argument: the system allows 128 KiB.
    [[nodiscard]] const std::string& prologue() const noexcept { return prologue_; }
    [[nodiscard]] const std::string& id() const noexcept { return id_; }

    // The variable that marks the command's processes.
    static constexpr const char* marker = "OTTO_ID";

  private:
    std::string line_;
    std::string prologue_;
    std::string id_;
};

// Takes the mark "\036otto:ID:PID\036" out of a stream, wherever it is split; everything else passes. The
// command's shell prints it first, to tell its process group.
class MarkFilter {
  public:
    explicit MarkFilter(const std::string& id);

    // The bytes without the mark. What may be the mark's beginning is kept until the next call.
    std::string pass(std::string_view bytes);
    // What was kept.
    std::string rest();
    [[nodiscard]] const std::optional<long>& pid() const noexcept { return pid_; }

  private:
    std::string head_;
    std::string kept_;
    std::optional<long> pid_;
};

// Ends the process group, and whatever else carries the marker where /proc tells: TERM, and KILL 0.1 s later.
// Prints "left" if something is still there after that.
std::string kill_script(const std::string& shell, const std::string& id, long pid);

} // namespace otto::sdk
