// The client's side of an SSH test: a loop, services that need no host, a command's receiving end.
#pragma once

#include "sshd.hpp"

#include <otto/driver.hpp>
#include <otto/sdk/ssh/connect.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace otto::test {

class FakeServices final : public sdk::SshServices {
  public:
    task<std::vector<std::string>> resolve(std::string name) override {
        co_return std::vector<std::string>(1, name);
    }
    task<std::string> reveal(Secret secret) override {
        ++revealed;
        co_return secret.resolve_blocking();
    }
    task<> blocking(std::function<void()> work) override {
        work();
        co_return;
    }
    void emit(Event event) override { events.push_back(event); }

    std::vector<Event> events;
    int revealed = 0;
};

class CollectedOutput final : public CommandIo {
  public:
    task<> write(StreamId stream, std::string_view bytes) override {
        auto& text = stream == StreamId::output ? output : error_output;
        size[stream == StreamId::output ? 0 : 1] += bytes.size();
        if (text.size() < 1'000'000) text += bytes;
        if (on_output) on_output();
        co_return;
    }
    void handed_over() noexcept override { sent = true; }
    void left_running(std::string what) override { left = std::move(what); }
    [[nodiscard]] bool cut_off() const noexcept override { return false; }

    std::string output;
    std::string error_output;
    std::size_t size[2] = {0, 0};
    std::string left;
    bool sent = false;
    std::function<void()> on_output;
};

// Runs a task to its end on a loop of its own; 30 seconds at most.
class TestLoop {
  public:
    TestLoop()
        : strand(asio::make_strand(loop.get_executor())) {}

    template <class T>
    T wait(task<T> work) {
        std::exception_ptr failure;
        std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> value;
        bool done = false;
        if constexpr (std::is_void_v<T>) {
            asio::co_spawn(strand, std::move(work), [&](std::exception_ptr error) {
                failure = error;
                done = true;
            });
        } else {
            asio::co_spawn(strand, std::move(work), [&](std::exception_ptr error, T result) {
                failure = error;
                value = std::move(result);
                done = true;
            });
        }
        run_until([&] { return done; });
        if (failure) std::rethrow_exception(failure);
        if constexpr (!std::is_void_v<T>) return std::move(*value);
    }

    template <class Condition>
    void run_until(Condition condition) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        loop.restart();
        while (!condition()) {
            if (loop.stopped()) loop.restart();
            loop.run_one_until(end);
            if (std::chrono::steady_clock::now() >= end) throw std::runtime_error("the test took too long");
        }
    }

    asio::io_context loop;
    asio::any_io_executor strand;
    std::shared_ptr<FakeServices> services = std::make_shared<FakeServices>();
};

// A target that logs in with a key and knows the server by its own known_hosts file.
inline sdk::SshTarget target_of(const Sshd& server, const std::string& key = "ed25519") {
    sdk::SshTarget target(server.address(), server.user());
    target.port = static_cast<std::uint16_t>(server.port());
    target.known_hosts = server.directory() / "known_hosts";
    if (!key.empty()) target.identity_files.push_back(server.key(key));
    return target;
}

inline std::string read_text(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

} // namespace otto::test
