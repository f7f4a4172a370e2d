// A `local` host from the built plugin, and what tests count around it.
#pragma once

#include <otto/context.hpp>
#include <otto/plugin_registry.hpp>
#include <otto/runtime.hpp>
#include <otto/timer.hpp>

#include <signal.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <support/catch.hpp>
#include <vector>

namespace test {

using otto::Command;
using otto::CommandResult;
using otto::Duration;
using otto::Errc;
using otto::Error;
using otto::Host;
using otto::task;

inline otto::HostSpec local_spec() {
    otto::HostSpec spec("local");
    spec.id("here");
    return spec;
}

class EventList : public otto::EventSink {
  public:
    void on_event(const otto::Event& event) override { events.push_back(event); }
    [[nodiscard]] std::size_t count(otto::EventKind kind) const {
        return static_cast<std::size_t>(std::count_if(
            events.begin(), events.end(), [=](const otto::Event& event) { return event.kind() == kind; }));
    }
    std::vector<otto::Event> events;
};

// Runs the body with a host, closes it, and finds that nothing is left then.
inline void with_local(const std::function<task<>(Host&)>& body, const otto::HostSpec& spec = local_spec(),
                       std::shared_ptr<EventList> events = nullptr) {
    otto::PluginSearch search;
    search.plugin_dir(OTTO_BINARY_DIR "/lib/otto/plugins").default_plugin_dirs(false);
    auto registry = std::make_shared<otto::PluginRegistry>(search);
    otto::ContextOptions options;
    if (events) options.sink(events);
    auto main = [&]() -> task<> {
        const otto::HostPtr host = otto::make_host(spec, options, registry);
        co_await otto::with_host(host, body);
    };
    otto::run(main());
}

inline std::size_t entries(const char* directory) {
    const std::filesystem::directory_iterator all(directory);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

inline std::size_t open_descriptors() {
    return entries("/proc/self/fd");
}

inline std::size_t threads() {
    return entries("/proc/self/task");
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

// True if the process runs; a zombie that its new parent has not yet reaped does not.
inline bool runs(pid_t pid) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(stat, text);
    const std::size_t at = text.rfind(')');
    return at != std::string::npos && text.at(at + 2) != 'Z';
}

// Looks again until it is so, five seconds at most.
inline task<bool> becomes(std::function<bool()> condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (!condition() && std::chrono::steady_clock::now() < end) {
        co_await otto::pause(Duration(5), "polling what the kernel tells no event for");
    }
    co_return condition();
}

class TemporaryDirectory {
  public:
    TemporaryDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "otto-local-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  private:
    std::filesystem::path path_;
};

inline std::string contents(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

inline void write_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

class Stopwatch {
  public:
    [[nodiscard]] Duration elapsed() const {
        return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start_);
    }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

} // namespace test
