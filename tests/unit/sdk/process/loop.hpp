// Runs one coroutine on a plain event loop with a bound, as the process layer is used without otto's runtime.
#pragma once

#include <otto/sdk/process.hpp>
#include <otto/sdk/ready_set.hpp>
#include <otto/task.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <signal.h>

#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <support/catch.hpp>
#include <vector>

namespace test {

namespace asio = boost::asio;
using otto::Duration;
using otto::task;

class Loop {
  public:
    Loop() {
        sigset_t pipe; // as otto's worker threads do
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    }

    [[nodiscard]] asio::any_io_executor executor() { return io_.get_executor(); }

    void run(std::function<task<>()> body) {
        bool done = false;
        std::exception_ptr thrown;
        asio::co_spawn(io_, body(), [&](std::exception_ptr exception) {
            thrown = exception;
            done = true;
        });
        io_.restart();
        io_.run_for(std::chrono::seconds(20));
        REQUIRE(done);
        if (thrown) std::rethrow_exception(thrown);
    }

    // Serves what is left in the background, until `enough`.
    bool settle(const std::function<bool()>& enough) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
        io_.restart();
        while (!enough() && std::chrono::steady_clock::now() < end)
            io_.run_one_for(std::chrono::milliseconds(20));
        return enough();
    }

  private:
    asio::io_context io_;
};

inline std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

// Children of this process, the dead ones included.
inline std::size_t children() {
    std::size_t count = 0;
    for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
        std::ifstream list(thread.path() / "children");
        count += static_cast<std::size_t>(std::distance(std::istream_iterator<int>(list), {}));
    }
    return count;
}

inline bool exists(pid_t pid) {
    return ::kill(pid, 0) == 0;
}

// What a descriptor gives until its end.
inline task<std::string> read_all(asio::any_io_executor executor, otto::sdk::Fd fd) {
    otto::sdk::ReadySet set(executor);
    const auto key = set.add(std::move(fd), otto::sdk::ReadySet::Event::read);
    std::vector<char> buffer(4096);
    std::string all;
    for (;;) {
        std::size_t size = 0;
        const auto outcome = otto::sdk::read_some(set.fd(key), buffer, size);
        if (outcome == otto::sdk::ReadOutcome::end) co_return all;
        all.append(buffer.data(), size);
        if (outcome == otto::sdk::ReadOutcome::data) continue;
        set.arm(key);
        co_await set.wait();
        std::ignore = set.take_ready(key);
    }
}

} // namespace test
