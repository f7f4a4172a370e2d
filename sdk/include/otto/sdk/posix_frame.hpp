// Runs commands one after the other in a persistent POSIX shell, and knows where each ends and how. No I/O:
// it gives the bytes to write to the shell's standard input, and takes what was read from its standard output
// and error.
//
// Commands travel as quoted data to a function that `eval`s them, so a trailing comment, `&`, unbalanced
// quotes, here-documents and several lines are the command's business and never the frame's. What the frame
// adds is described in MarkScanner. Works in dash, bash and BusyBox ash.
//
// The shell must have been started so that it reads commands from its standard input: `sh -s`, with
// descriptors 7, 8 and 9 free. It keeps its process id for good, also across `exit`, so that `run` of "echo
// $$" tells whom to signal.
//
// To interrupt a command send INT to the shell's process group (or ^C on a terminal), again and again until
// the command has ended, in bounded time: a signal between fork and exec of a child is lost. The command then
// ends as a whole, with status 130. A background child may hold the streams open after the shell has ended.
#pragma once

#include <otto/command.hpp>
#include <otto/event.hpp>
#include <otto/sdk/posix_marks.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace otto::sdk {

class PosixFrame {
  public:
    enum class Channel {
        pipes,    // standard output and error apart, bytes exact, no line limit
        terminal, // one stream, echo on or off, CR LF; lines of at most 800 bytes without control characters
                  // are sent
    };
    enum class State {
        idle,      // begin may be called
        running,   // until the end marks have come
        resyncing, // until the probe was answered
        gone,      // the shell has ended, or was replaced by another program
    };
    // The bytes are valid during the call. On a terminal everything is StreamId::output.
    using Output = std::function<void(StreamId, std::string_view)>;

    // `shell` is put in place of one that ends by `exit`: a path, with arguments if needed.
    explicit PosixFrame(Channel channel, std::string shell = "/bin/sh");

    // [idle] The bytes to send for this command. Standard input is the command's `input`, else empty; then it
    // runs in a subshell, so its `cd` and variables do not last. `env` and `directory` hold for this command
    // only. Throws Error(usage): a NUL byte, a name that is no variable's, more than 1 MiB of input.
    std::string begin(const Command& command);

    // [any but gone] The bytes to send to find out whether the shell still listens, after an interrupt or
    // before the first command. Only a shell that evaluates answers, and a late end mark of the command
    // before does not count. May be called again: then the newest probe counts.
    std::string resync();

    // What was read. Output goes out as it comes; at most a mark's length is held back.
    void feed(StreamId stream, std::string_view bytes, const Output& output);
    // The stream has ended; what was held back goes out. The state is then `gone`.
    void end_of_stream(StreamId stream, const Output& output);

    [[nodiscard]] State state() const noexcept { return state_; }
    // [idle after running] Of the command that ended.
    [[nodiscard]] int status() const noexcept { return out_.status(); }
    // [idle after running] The command ended its shell, by `exit` or under `set -e`: the directory and
    // exported variables last, all else begins anew.
    [[nodiscard]] bool shell_replaced() const noexcept { return out_.shell_replaced(); }
    // Bytes that came outside of any command: late output of background children, echo, prompts.
    [[nodiscard]] std::uint64_t dropped() const noexcept { return out_.dropped() + error_.dropped(); }

    static constexpr std::size_t input_limit = 1024 * 1024;

  private:
    [[nodiscard]] std::string preamble() const;
    void append_data(std::string& script, std::string_view name, std::string_view data) const;
    void settle();

    Channel channel_;
    std::string shell_;
    std::string nonce_;
    std::uint64_t sequence_ = 0;
    bool prepared_ = false; // the shell has the frame's functions
    State state_ = State::idle;
    MarkScanner out_;
    MarkScanner error_;
};

// The text in single quotes for a POSIX shell.
std::string posix_quote(std::string_view text);

} // namespace otto::sdk
