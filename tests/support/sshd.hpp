// A private OpenSSH server for one test: its own address in 127.0.0.0/8, port, host keys and configuration.
// It serves the user who runs the test. Stopped by its process id.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace otto::test {

class SshdOptions {
  public:
    // More lines for sshd_config(5); the first mention of a keyword counts, and these come first.
    SshdOptions& line(std::string text);
    // Accepts the password Sshd::password for the user, by a PAM service of its own. Needs root.
    SshdOptions& passwords(bool on = true);
    // Default: ed25519 and ecdsa.
    SshdOptions& host_keys(std::vector<std::string> types);
    // Listens where another server has been.
    SshdOptions& listen(std::string address, int port);
    // Host keys of its own instead of those that all servers of this program share.
    SshdOptions& fresh_host_keys(bool on = true);

  private:
    friend class Sshd;
    std::vector<std::string> lines_;
    std::vector<std::string> host_keys_{"ed25519", "ecdsa"};
    bool passwords_ = false;
    bool fresh_host_keys_ = false;
    std::string address_;
    int port_ = 0;
};

class Sshd {
  public:
    static constexpr const char* password = "correct horse";
    static bool can_check_passwords(); // running as root

    explicit Sshd(SshdOptions options = SshdOptions());
    ~Sshd();
    Sshd(const Sshd&) = delete;
    Sshd& operator=(const Sshd&) = delete;

    [[nodiscard]] const std::string& address() const noexcept { return address_; }
    [[nodiscard]] int port() const noexcept { return port_; }
    [[nodiscard]] const std::string& user() const noexcept { return user_; }
    // An empty directory of this server for the test's files.
    [[nodiscard]] std::filesystem::path directory() const { return directory_; }
    // Path of a private key that is accepted: "ed25519", "ecdsa", "rsa", "encrypted" (passphrase "open
    // sesame"), "rsa-pem"; and of one that is not: "stranger".
    [[nodiscard]] std::string key(const std::string& kind) const;
    // "ssh-ed25519 AAAA..."
    [[nodiscard]] std::string host_key(const std::string& type) const;

    // Everything that the server has logged so far.
    [[nodiscard]] std::string log() const;
    // Waits until the log holds the text; false after five seconds.
    [[nodiscard]] bool wait_for_log(const std::string& text) const;
    // Ends the processes that serve connections, as a crash would, and leaves the listener.
    void kill_connections();
    // Stops those processes, so that connections stay open and fall silent.
    void stop_connections();
    // Ends the listener; connections live on.
    void stop();

  private:
    class Log;
    void write_config(const SshdOptions& options);
    void start();
    void signal_connections(int signal);
    std::string address_;
    int port_ = 0;
    std::string user_;
    std::filesystem::path directory_;
    std::filesystem::path host_key_directory_;
    std::filesystem::path pam_service_;
    std::string program_;
    pid_t pid_ = -1;
    std::unique_ptr<Log> log_;
};

// A port that nobody listens on.
int free_port(const std::string& address);

} // namespace otto::test
