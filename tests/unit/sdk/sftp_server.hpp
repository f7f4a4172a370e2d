// An SSH session to a private sshd at the other end of a socket pair: no port, no listener. Ended by its own
// process id.
#pragma once

#include <otto/sdk/ssh/session.hpp>

#include <boost/asio/io_context.hpp>

#include <sys/types.h>

#include <chrono>
#include <exception>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>

class SftpServer {
  public:
    // `subsystem`: what sshd runs for SFTP; empty: it offers none.
    explicit SftpServer(const std::string& subsystem = "internal-sftp");
    ~SftpServer();
    SftpServer(const SftpServer&) = delete;
    SftpServer& operator=(const SftpServer&) = delete;

    void kill_server() const;
    // Runs a task to its end; twenty seconds at most.
    template <class T>
    T wait(otto::task<T> work) {
        std::optional<T> value;
        std::exception_ptr failure;
        bool done = false;
        start(std::move(work), [&](std::exception_ptr error, T result) {
            failure = error;
            value = std::move(result);
            done = true;
        });
        run_until([&] { return done; });
        if (failure) std::rethrow_exception(failure);
        return std::move(*value);
    }
    template <class T, class Handler>
    void start(otto::task<T> work, Handler handler);
    template <class Condition>
    void run_until(Condition condition) {
        auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!condition()) {
            loop.restart();
            loop.run_one_until(end);
            if (std::chrono::steady_clock::now() >= end) throw std::runtime_error("the test took too long");
        }
    }

    boost::asio::io_context loop;
    boost::asio::any_io_executor strand;
    otto::sdk::SshSessionPtr session;
    std::filesystem::path directory; // for the test's files

  private:
    otto::task<bool> log_in(std::string key);
    pid_t pid_ = -1;
    std::filesystem::path home_;
};

#include <boost/asio/co_spawn.hpp>

template <class T, class Handler>
void SftpServer::start(otto::task<T> work, Handler handler) {
    boost::asio::co_spawn(strand, std::move(work), std::move(handler));
}
