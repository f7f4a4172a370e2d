#include "spawner.hpp"

#include <otto/error.hpp>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace otto::sdk {

namespace {

std::string reason(int error) {
    return std::generic_category().message(error);
}

class Attributes {
  public:
    explicit Attributes(bool own_session) {
        ::posix_spawnattr_init(&value_);
        sigset_t signals;
        ::sigemptyset(&signals);
        ::posix_spawnattr_setsigmask(&value_, &signals);
        ::sigfillset(&signals);
        ::posix_spawnattr_setsigdefault(&value_, &signals);
        ::posix_spawnattr_setpgroup(&value_, 0);
        const int group = own_session ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP;
        ::posix_spawnattr_setflags(
            &value_, static_cast<short>(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group));
    }
    ~Attributes() { ::posix_spawnattr_destroy(&value_); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    [[nodiscard]] const posix_spawnattr_t* get() const noexcept { return &value_; }

  private:
    posix_spawnattr_t value_;
};

// What the child does between its birth and exec, in order.
class Actions {
  public:
    Actions() { ::posix_spawn_file_actions_init(&value_); }
    ~Actions() { ::posix_spawn_file_actions_destroy(&value_); }
    Actions(const Actions&) = delete;
    Actions& operator=(const Actions&) = delete;

    void open(int number, const char* path, int flags) {
        check(::posix_spawn_file_actions_addopen(&value_, number, path, flags, 0));
    }
    void duplicate(int from, int to) { check(::posix_spawn_file_actions_adddup2(&value_, from, to)); }
    void close_from(int number) { check(::posix_spawn_file_actions_addclosefrom_np(&value_, number)); }
    void enter(const std::string& directory) {
        check(::posix_spawn_file_actions_addchdir_np(&value_, directory.c_str()));
    }
    [[nodiscard]] const posix_spawn_file_actions_t* get() const noexcept { return &value_; }

  private:
    static void check(int error) {
        if (error != 0) throw Error(Errc::internal, "cannot prepare a process: " + reason(error));
    }
    posix_spawn_file_actions_t value_;
};

void refuse_nul(const std::string& text, const char* what) {
    if (text.find('\0') != std::string::npos) {
        throw Error(Errc::usage, std::string(what) + " holds a NUL byte, which no process can be given");
    }
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> list;
    list.reserve(texts.size() + 1);
    for (std::string& text : texts)
        list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

} // namespace

Spawner::Spawner(SpawnRequest request)
    : request_(std::move(request)) {
    check();
}

void Spawner::check() const {
    if (request_.argv_.empty() || request_.argv_.front().empty()) {
        throw Error(Errc::usage, "a process needs the name of its program");
    }
    for (const std::string& argument : request_.argv_)
        refuse_nul(argument, "an argument");
    refuse_nul(request_.directory_, "the directory");
    for (const auto& [name, value] : request_.env_) {
        refuse_nul(name, "the name of an environment variable");
        refuse_nul(value, "an environment variable");
        if (name.empty() || name.find('=') != std::string::npos) {
            throw Error(Errc::usage, "'" + name + "' cannot be the name of an environment variable");
        }
    }
    int expected = 3;
    for (const auto& [number, end] : request_.descriptors_) {
        if (number > 2 && number != expected++) {
            throw Error(Errc::usage, "descriptors of a child above 2 must follow each other");
        }
    }
}

std::vector<std::string> Spawner::environment() const {
    std::vector<std::string> all;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        if (!request_.env_.contains(std::string(text.substr(0, text.find('='))))) all.emplace_back(text);
    }
    for (const auto& [name, value] : request_.env_)
        all.push_back(name + '=' + value);
    return all;
}

// The child's numbers are filled one after the other: a source that lies among them would be overwritten.
void Spawner::lift_sources(int above) {
    for (auto& [number, end] : request_.descriptors_) {
        if (end.get() >= above) continue;
        const int lifted = ::fcntl(end.get(), F_DUPFD_CLOEXEC, above);
        if (lifted < 0) throw Error(Errc::internal, "cannot duplicate a descriptor: " + reason(errno));
        end.reset(lifted);
    }
}

pid_t Spawner::start() {
    const int numbers =
        request_.descriptors_.empty() ? 3 : std::max(3, request_.descriptors_.rbegin()->first + 1);
    lift_sources(numbers);

    Actions actions;
    const bool on_terminal = !request_.terminal_.empty();
    if (on_terminal) {
        // The leader of a new session that opens a terminal gets it as the controlling one.
        actions.open(0, request_.terminal_.c_str(), O_RDWR);
        actions.duplicate(0, 1);
        actions.duplicate(0, 2);
    }
    for (int number = 0; number <= 2 && !on_terminal; ++number) {
        if (!request_.descriptors_.contains(number))
            actions.open(number, "/dev/null", number == 0 ? O_RDONLY : O_WRONLY);
    }
    for (const auto& [number, end] : request_.descriptors_)
        actions.duplicate(end.get(), number);
    actions.close_from(numbers);
    if (!request_.directory_.empty()) actions.enter(request_.directory_);

    const Attributes attributes(on_terminal);
    std::vector<std::string> environment_texts = environment();
    const std::vector<char*> arguments = pointers(request_.argv_);
    const std::vector<char*> variables = pointers(environment_texts);
    pid_t pid = -1;
    const int error = ::posix_spawnp(&pid, arguments.front(), actions.get(), attributes.get(),
                                     arguments.data(), variables.data());
    if (error != 0) throw failure(error);
    return pid;
}

Error Spawner::failure(int error) const {
    const std::string& directory = request_.directory_;
    if (!directory.empty() && ::access(directory.c_str(), X_OK) != 0) {
        return Error(Errc::unreachable, "cannot start a process in '" + directory + "': " + reason(errno));
    }
    Error failed(Errc::unreachable, "cannot start '" + request_.argv_.front() + "': " + reason(error));
    if (error == E2BIG) failed.advice("give long data as standard input or as a file");
    if (error == EAGAIN) failed.advice("raise the limit of processes (ulimit -u), or use a smaller fan-out");
    return failed;
}

} // namespace otto::sdk
