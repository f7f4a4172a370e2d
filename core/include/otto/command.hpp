// A command for `run` or `exec`: the text, and how to run it. A class with setters and not an aggregate,
// because GCC 12 destroys temporary aggregates twice in co_await expressions.
#pragma once

#include <otto/task.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace otto {

class OTTO_API Command {
  public:
    Command(std::string text); // NOLINT(google-explicit-constructor): run("uname -a") is the point
    Command(const char* text); // NOLINT(google-explicit-constructor)
    ~Command();
    Command(const Command&);
    Command& operator=(const Command&);

    // The whole call: waiting for the session's turn, connecting, login and command. Default: the host's
    // `timeout`, else 30 s. `unbounded` must be asked for; zero and negative spans are a usage error.
    Command& timeout(Duration limit);
    // What the command reads from standard input; without it standard input is empty.
    Command& input(std::string bytes);
    // Adds a variable to the command's environment.
    Command& env(std::string name, std::string value);
    // The directory in which the command runs.
    Command& directory(std::string path);
    // Runs the command on a terminal: one stream, CR LF line ends.
    Command& pty(bool on = true);
    // Bytes kept of each stream in the result: the first and the last half. Default 16 MiB.
    Command& output_limit(std::size_t bytes);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] std::optional<Duration> timeout() const noexcept { return timeout_; }
    [[nodiscard]] const std::optional<std::string>& input() const noexcept { return input_; }
    [[nodiscard]] const std::map<std::string, std::string>& env() const noexcept { return env_; }
    [[nodiscard]] const std::string& directory() const noexcept { return directory_; }
    [[nodiscard]] bool wants_pty() const noexcept { return pty_; }
    [[nodiscard]] std::optional<std::size_t> output_limit() const noexcept { return output_limit_; }

  private:
    std::string text_;
    std::optional<Duration> timeout_;
    std::optional<std::string> input_;
    std::map<std::string, std::string> env_;
    std::string directory_;
    bool pty_ = false;
    std::optional<std::size_t> output_limit_;
};

// One command, several texts or several commands, as the fleet verbs take them.
class OTTO_API Commands {
  public:
    Commands(const char* text);               // NOLINT(google-explicit-constructor)
    Commands(std::string text);               // NOLINT(google-explicit-constructor)
    Commands(Command command);                // NOLINT(google-explicit-constructor)
    Commands(std::vector<std::string> texts); // NOLINT(google-explicit-constructor)
    Commands(std::vector<Command> commands);  // NOLINT(google-explicit-constructor)
    ~Commands();
    Commands(const Commands&);
    Commands& operator=(const Commands&);

    [[nodiscard]] const std::vector<Command>& list() const noexcept { return list_; }

  private:
    std::vector<Command> list_;
};

// A vector of strings without a braced list, which GCC 12 refuses in co_await expressions: lines("a", "b").
template <class... Text>
std::vector<std::string> lines(Text&&... text) {
    std::vector<std::string> all;
    (all.emplace_back(std::forward<Text>(text)), ...);
    return all;
}

} // namespace otto
