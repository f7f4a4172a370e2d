// Child processes. Each leads a process group of its own (a session of its own on a terminal), starts with
// default signal dispositions, an empty signal mask and no descriptor but those given, and is reaped through
// its pidfd: never by waitpid(-1), never by a SIGCHLD handler, so that an application's own children are left
// alone.
#pragma once

#include <otto/result.hpp>
#include <otto/sdk/descriptor.hpp>
#include <otto/task.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <sys/types.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace otto::sdk {

// What to start, and with what.
class SpawnRequest {
  public:
    // argv[0] is looked up in PATH if it holds no slash.
    explicit SpawnRequest(std::vector<std::string> argv);

    // Adds to or replaces in the inherited environment.
    SpawnRequest& env(std::string name, std::string value);
    SpawnRequest& directory(std::string path);
    // The child sees `end` as descriptor `number`; numbers above 2 must follow each other without a gap.
    // Descriptors 0 to 2 that are not given are the terminal, or /dev/null without one.
    SpawnRequest& descriptor(int number, Fd end);
    // A session of its own with this terminal ("/dev/pts/7") as its controlling terminal.
    SpawnRequest& terminal(std::string path);

  private:
    friend class Spawner;
    std::vector<std::string> argv_;
    std::map<std::string, std::string> env_;
    std::string directory_;
    std::string terminal_;
    std::map<int, Fd> descriptors_;
};

class Process {
  public:
    // Blocks until the child has executed its program (below a millisecond). Exits and pidfd are watched on
    // `executor`. Throws Error(usage) for an empty argv, bytes NUL in a text or a gap in the descriptors, and
    // Error(unreachable) with the kernel's reason when the child cannot be started.
    static Process spawn(asio::any_io_executor executor, SpawnRequest request);

    // A child that still runs is killed with its group, and reaped in the background.
    ~Process();
    Process(Process&&) noexcept;
    Process& operator=(Process&&) noexcept;

    [[nodiscard]] pid_t pid() const noexcept; // also the number of its process group
    // Becomes readable when the child has ended, for a ReadySet. Throws Error(internal) when descriptors run
    // out, and for a child that poll() already knows to have ended.
    [[nodiscard]] Fd end_descriptor() const;

    // How the child ended, once it has. It is not reaped by this, so that the number of its group stays its
    // own and signal_group cannot meet a stranger. Unknown if the application ignores SIGCHLD and the kernel
    // reaped the child.
    [[nodiscard]] std::optional<CommandExit> poll() noexcept;
    // Waits for the end. Cancellable.
    task<CommandExit> wait();
    // As wait, for at most `span`; nothing if the child still runs.
    task<std::optional<CommandExit>> wait_for(Duration span);

    // Sends a signal to the whole group; no effect once the child was reaped.
    void signal_group(int signal) noexcept;
    // Frees the number of a child that has ended; its exit stays known.
    void reap() noexcept;

    // Ends the group: TERM, after `grace` KILL, and waits until the child is gone, `limit` in all. False if
    // it is still there (uninterruptible in the kernel): it is then reaped in the background. A child that
    // ends by TERM takes the rest of its group with it. Not cancellable: bounded by itself.
    task<bool> end(Duration grace, Duration limit);

  private:
    struct State;
    explicit Process(std::shared_ptr<State> state);
    void abandon() noexcept;
    std::shared_ptr<State> state_;
};

// Writes to a pipe or a terminal without blocking. Otto's worker threads block SIGPIPE, so a reader that went
// away is an error here and not the end of the program. Bytes written; 0 if it would block; nothing when the
// reader is gone.
[[nodiscard]] std::optional<std::size_t> write_some(int fd, std::string_view bytes);

// Reads without blocking: what happened, and how many bytes are in the buffer.
enum class ReadOutcome { data, would_block, end };
[[nodiscard]] ReadOutcome read_some(int fd, std::vector<char>& buffer, std::size_t& size);

} // namespace otto::sdk
