#include "sftp_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <fstream>
#include <vector>

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

class PairStream final : public otto::sdk::ByteStream {
  public:
    PairStream(const asio::any_io_executor& strand, int fd)
        : socket_(strand, fd) {}
    otto::task<std::size_t> read_some(asio::mutable_buffer space) override {
        boost::system::error_code error;
        auto token = asio::redirect_error(asio::use_awaitable, error);
        std::size_t size = co_await socket_.async_read_some(space, token);
        co_return error ? 0 : size;
    }
    otto::task<std::size_t> write_some(asio::const_buffer bytes) override {
        co_return co_await socket_.async_write_some(bytes, asio::use_awaitable);
    }
    void shut() noexcept override {
        boost::system::error_code ignored;
        socket_.close(ignored);
    }
    [[nodiscard]] const std::string& peer() const noexcept override { return peer_; }

  private:
    asio::posix::stream_descriptor socket_;
    std::string peer_ = "a private sshd";
};

pid_t spawn(std::vector<std::string> argv, int input) {
    std::vector<char*> args;
    for (auto& arg : argv)
        args.push_back(arg.data());
    args.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (input >= 0) posix_spawn_file_actions_adddup2(&actions, input, 0);
    if (input >= 0) posix_spawn_file_actions_adddup2(&actions, input, 1);
    pid_t pid = -1;
    int failed = ::posix_spawn(&pid, args[0], &actions, nullptr, args.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw std::runtime_error("cannot start " + argv[0]);
    return pid;
}

void make_key(const fs::path& path) {
    pid_t pid = spawn({"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path.string()}, -1);
    int status = 0;
    if (::waitpid(pid, &status, 0) != pid || status != 0) throw std::runtime_error("ssh-keygen failed");
}

} // namespace

SftpServer::SftpServer(const std::string& subsystem)
    : strand(asio::make_strand(loop.get_executor())) {
    ::signal(SIGPIPE, SIG_IGN); // of the test program
    std::string name = (fs::temp_directory_path() / "otto-sftp-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("mkdtemp");
    home_ = name;
    directory = home_ / "files";
    fs::create_directory(directory);
    make_key(home_ / "host");
    make_key(home_ / "id");
    std::ofstream config(home_ / "config");
    config << "HostKey " << (home_ / "host").string() << "\nAuthorizedKeysFile "
           << (home_ / "id.pub").string()
           << "\nStrictModes no\nPermitRootLogin yes\nUsePAM no\nPidFile none\nLogLevel QUIET\n";
    if (!subsystem.empty()) config << "Subsystem sftp " << subsystem << '\n';
    config.close();

    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw std::runtime_error("socketpair");
    pid_ = spawn({"/usr/sbin/sshd", "-i", "-f", (home_ / "config").string()}, ends[1]);
    ::close(ends[1]);
    session = otto::sdk::SshSession::start(strand, std::make_unique<PairStream>(strand, ends[0]));
    if (!wait(log_in((home_ / "id").string())))
        throw std::runtime_error("login failed: " + session->last_error());
}

SftpServer::~SftpServer() {
    session->abort();
    loop.restart();
    loop.poll();
    kill_server();
    ::waitpid(pid_, nullptr, 0);
    std::error_code ignored;
    fs::remove_all(home_, ignored);
}

void SftpServer::kill_server() const {
    ::kill(pid_, SIGKILL);
}

otto::task<bool> SftpServer::log_in(std::string key) {
    auto* raw = session->raw();
    std::function<long()> greet = [raw]() -> long { return libssh2_session_handshake(raw, INT_MAX); };
    if (co_await session->call(greet) != 0) co_return false;
    const passwd* user = ::getpwuid(::getuid());
    std::string name = user ? user->pw_name : "root";
    std::function<long()> login = [raw, name, key]() -> long {
        return libssh2_userauth_publickey_fromfile(raw, name.c_str(), nullptr, key.c_str(), "");
    };
    if (co_await session->call(login) != 0) co_return false;
    session->logged_in();
    co_return true;
}
