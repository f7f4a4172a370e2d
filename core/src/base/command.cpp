#include <otto/command.hpp>

#include <utility>

namespace otto {

Command::Command(std::string text)
    : text_(std::move(text)) {}

Command::Command(const char* text)
    : text_(text) {}

Command::~Command() = default;
Command::Command(const Command&) = default;
Command& Command::operator=(const Command&) = default;

Command& Command::timeout(Duration limit) {
    timeout_ = limit;
    return *this;
}

Command& Command::input(std::string bytes) {
    input_ = std::move(bytes);
    return *this;
}

Command& Command::env(std::string name, std::string value) {
    env_[std::move(name)] = std::move(value);
    return *this;
}

Command& Command::directory(std::string path) {
    directory_ = std::move(path);
    return *this;
}

Command& Command::pty(bool on) {
    pty_ = on;
    return *this;
}

Command& Command::output_limit(std::size_t bytes) {
    output_limit_ = bytes;
    return *this;
}

Commands::Commands(const char* text)
    : list_(1, Command(text)) {}

Commands::Commands(std::string text)
    : list_(1, Command(std::move(text))) {}

Commands::Commands(Command command)
    : list_(1, std::move(command)) {}

Commands::Commands(std::vector<std::string> texts) {
    list_.reserve(texts.size());
    for (auto& text : texts)
        list_.emplace_back(std::move(text));
}

Commands::Commands(std::vector<Command> commands)
    : list_(std::move(commands)) {}

Commands::~Commands() = default;
Commands::Commands(const Commands&) = default;
Commands& Commands::operator=(const Commands&) = default;

} // namespace otto
