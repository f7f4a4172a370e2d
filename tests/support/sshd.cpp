#include "sshd.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace fs = std::filesystem;

namespace otto::test {

namespace {

constexpr auto patience = std::chrono::seconds(5);

std::string user_name() {
    const auto* entry = ::getpwuid(::getuid());
    if (!entry) throw std::runtime_error("the user has no name");
    return entry->pw_name;
}

fs::path make_directory() {
    auto pattern = (fs::temp_directory_path() / "otto-sshd-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp failed");
    return pattern;
}

void write_file(const fs::path& path, const std::string& text, mode_t mode) {
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
}

std::string read_file(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

void run_keygen(std::vector<std::string> arguments) {
    std::vector<char*> argv;
    std::string program = "ssh-keygen";
    argv.push_back(program.data());
    for (auto& argument : arguments)
        argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    pid_t pid = -1;
    const int failure = ::posix_spawnp(&pid, "ssh-keygen", &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    if (failure != 0 || ::waitpid(pid, &status, 0) != pid || status != 0)
        throw std::runtime_error("ssh-keygen failed");
}

// Keys cost time: made once per program and kind.
class Keys {
  public:
    Keys()
        : directory_(make_directory()) {}
    ~Keys() {
        std::error_code ignored;
        fs::remove_all(directory_, ignored);
    }
    std::string path(const std::string& kind) {
        const std::lock_guard lock(mutex_);
        const auto path = directory_ / kind;
        if (!fs::exists(path)) make(kind, path);
        return path;
    }

  private:
    static void make(const std::string& kind, const fs::path& path) {
        std::vector<std::string> arguments = {"-q", "-C", "otto-test", "-f", path};
        const auto add = [&arguments](std::initializer_list<const char*> more) {
            arguments.insert(arguments.end(), more.begin(), more.end());
        };
        const auto has = [&kind](const char* text) { return kind.find(text) != std::string::npos; };
        if (has("rsa")) {
            add({"-t", "rsa", "-b", "2048"});
        } else {
            add({"-t", has("ecdsa") ? "ecdsa" : "ed25519"});
        }
        if (has("pem")) add({"-m", "PEM"});
        add({"-N", has("encrypted") ? "open sesame" : ""});
        run_keygen(std::move(arguments));
    }
    fs::path directory_;
    std::mutex mutex_;
};

Keys& keys() {
    static Keys all;
    return all;
}

// 127.x.y.z, another one for each server of each process.
std::string next_address() {
    static std::atomic<int> count{0};
    const int pid = ::getpid();
    return "127." + std::to_string(64 + pid % 64) + "." + std::to_string(pid / 64 % 250) + "." +
           std::to_string(1 + count++ % 250);
}

void run_thread_until_eof(int descriptor, std::string& text, std::mutex& mutex,
                          std::condition_variable& news) {
    char block[4096];
    for (;;) {
        const auto size = ::read(descriptor, block, sizeof block);
        if (size <= 0) break;
        const std::lock_guard lock(mutex);
        text.append(block, static_cast<std::size_t>(size));
        news.notify_all();
    }
    ::close(descriptor);
}

} // namespace

// What the server writes to its standard error. Connections inherit that end, so the reader lives as long as
// they do.
class Sshd::Log {
  public:
    int open() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
        auto shared = state_;
        std::thread([shared, descriptor = ends[0]] {
            run_thread_until_eof(descriptor, shared->text, shared->mutex, shared->news);
        }).detach();
        return ends[1];
    }
    [[nodiscard]] std::string text() const {
        const std::lock_guard lock(state_->mutex);
        return state_->text;
    }
    [[nodiscard]] bool wait_for(const std::string& wanted) const {
        std::unique_lock lock(state_->mutex);
        return state_->news.wait_for(lock, patience,
                                     [&] { return state_->text.find(wanted) != std::string::npos; });
    }

  private:
    struct State {
        std::mutex mutex;
        std::condition_variable news;
        std::string text;
    };
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

SshdOptions& SshdOptions::line(std::string text) {
    lines_.push_back(std::move(text));
    return *this;
}
SshdOptions& SshdOptions::passwords(bool on) {
    passwords_ = on;
    return *this;
}
SshdOptions& SshdOptions::host_keys(std::vector<std::string> types) {
    host_keys_ = std::move(types);
    return *this;
}
SshdOptions& SshdOptions::listen(std::string address, int port) {
    address_ = std::move(address);
    port_ = port;
    return *this;
}
SshdOptions& SshdOptions::fresh_host_keys(bool on) {
    fresh_host_keys_ = on;
    return *this;
}

int free_port(const std::string& address) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    ::inet_pton(AF_INET, address.c_str(), &name.sin_addr);
    socklen_t size = sizeof name;
    const bool ok = ::bind(descriptor, reinterpret_cast<sockaddr*>(&name), size) == 0 &&
                    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&name), &size) == 0;
    ::close(descriptor);
    if (!ok) throw std::runtime_error("no free port on " + address);
    return ntohs(name.sin_port);
}

bool Sshd::can_check_passwords() {
    return ::geteuid() == 0;
}

Sshd::Sshd(SshdOptions options)
    : address_(options.address_.empty() ? next_address() : options.address_)
    , port_(options.port_ != 0 ? options.port_ : free_port(address_))
    , user_(user_name())
    , directory_(make_directory())
    , program_("/usr/sbin/sshd")
    , log_(std::make_unique<Log>()) {
    write_config(options);
    start();
}

Sshd::~Sshd() {
    kill_connections();
    stop();
    std::error_code ignored;
    if (!pam_service_.empty()) fs::remove(pam_service_, ignored);
    fs::remove_all(directory_, ignored);
}

void Sshd::write_config(const SshdOptions& options) {
    std::ostringstream config;
    for (const auto& line : options.lines_)
        config << line << '\n';
    config << "ListenAddress " << address_ << ':' << port_ << '\n'
           << "PidFile none\nStrictModes no\nUseDNS no\nPrintMotd no\nPrintLastLog no\nLogLevel VERBOSE\n"
           << "MaxStartups 500\nMaxSessions 100\nPermitRootLogin yes\nLoginGraceTime 20\n"
           << "AuthorizedKeysFile " << (directory_ / "authorized_keys").string() << '\n'
           << "Subsystem sftp internal-sftp\n";
    for (const auto& type : options.host_keys_) {
        const auto shared = keys().path("host-" + type);
        const auto own = (directory_ / ("host-" + type)).string();
        if (options.fresh_host_keys_) run_keygen({"-q", "-N", "", "-t", type, "-f", own});
        host_key_directory_ = options.fresh_host_keys_ ? directory_ : fs::path(shared).parent_path();
        config << "HostKey " << (options.fresh_host_keys_ ? own : shared) << '\n';
    }
    if (options.passwords_) {
        // sshd's PAM service is called as its program; PAM looks for it in lower case.
        const auto name = "otto-test-" + std::to_string(::getpid()) + "-" + std::to_string(port_);
        program_ = directory_ / name;
        fs::create_symlink("/usr/sbin/sshd", program_);
        const auto script = directory_ / "check-password";
        write_file(script, "#!/bin/sh\ntest \"$(tr -d '\\000')\" = '" + std::string(password) + "'\n", 0700);
        pam_service_ = fs::path("/etc/pam.d") / name;
        write_file(pam_service_,
                   "auth required pam_exec.so expose_authtok quiet " + script.string() +
                       "\naccount required pam_permit.so\nsession required pam_permit.so\n",
                   0644);
        config << "UsePAM yes\nPasswordAuthentication yes\nKbdInteractiveAuthentication yes\n";
    } else {
        config << "UsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n";
    }
    write_file(directory_ / "sshd_config", config.str(), 0600);
    std::string accepted;
    for (const char* kind : {"ed25519", "ecdsa", "rsa", "rsa-pem", "encrypted"})
        accepted += read_file(key(kind) + ".pub");
    write_file(directory_ / "authorized_keys", accepted, 0600);
}

void Sshd::start() {
    if (::geteuid() == 0) ::mkdir("/run/sshd", 0755); // sshd's privilege separation asks for it
    const int descriptor = log_->open();
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, descriptor, 1);
    ::posix_spawn_file_actions_adddup2(&actions, descriptor, 2);
    std::vector<std::string> arguments = {program_, "-D", "-e", "-f", directory_ / "sshd_config"};
    std::vector<char*> argv;
    for (auto& argument : arguments)
        argv.push_back(argument.data());
    argv.push_back(nullptr);
    const int failure = ::posix_spawn(&pid_, program_.c_str(), &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(descriptor);
    if (failure != 0 || !log_->wait_for("Server listening on"))
        throw std::runtime_error("sshd did not start: " + log_->text());
}

std::string Sshd::key(const std::string& kind) const {
    return keys().path(kind);
}

std::string Sshd::host_key(const std::string& type) const {
    std::istringstream line(read_file(host_key_directory_ / ("host-" + type + ".pub")));
    std::string name;
    std::string key;
    line >> name >> key;
    return name + " " + key;
}

std::string Sshd::log() const {
    return log_->text();
}

bool Sshd::wait_for_log(const std::string& text) const {
    return log_->wait_for(text);
}

void Sshd::kill_connections() {
    signal_connections(SIGKILL);
}

void Sshd::stop_connections() {
    signal_connections(SIGSTOP);
}

void Sshd::signal_connections(int signal) {
    // The listener's children and their children (privilege separation), as far as they are sshd.
    std::map<pid_t, pid_t> parents;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        std::istringstream stat(read_file(entry.path() / "stat"));
        pid_t pid = 0;
        pid_t parent = 0;
        std::string name;
        char state = 0;
        if (stat >> pid >> name >> state >> parent && name.find("sshd") != std::string::npos)
            parents[pid] = parent;
        else if (pid > 0 && name.find("otto-") != std::string::npos)
            parents[pid] = parent;
    }
    for (const auto& [pid, parent] : parents) {
        const auto up = parents.find(parent);
        const bool ours = parent == pid_ || (up != parents.end() && up->second == pid_);
        if (ours) ::kill(pid, signal);
    }
}

void Sshd::stop() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGTERM);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
}

} // namespace otto::test
