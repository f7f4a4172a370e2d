// A `unix` host from the built plugin, on a private server.
#pragma once

#include <otto/context.hpp>
#include <otto/plugin_registry.hpp>
#include <otto/runtime.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <support/await.hpp>
#include <support/catch.hpp>
#include <support/sshd.hpp>
#include <vector>

namespace test {

using otto::Command;
using otto::CommandResult;
using otto::Duration;
using otto::Errc;
using otto::Error;
using otto::EventKind;
using otto::Host;
using otto::OptionValue;
using otto::Secret;
using otto::task;
using otto::test::Sshd;
using otto::test::SshdOptions;

class EventList : public otto::EventSink {
  public:
    void on_event(const otto::Event& event) override { events.push_back(event); }
    [[nodiscard]] std::size_t count(EventKind kind) const {
        return static_cast<std::size_t>(std::count_if(
            events.begin(), events.end(), [=](const otto::Event& event) { return event.kind() == kind; }));
    }
    std::vector<otto::Event> events;
};

// Logs in with a key, and keeps host keys in the server's directory.
inline otto::HostSpec spec_for(const Sshd& server) {
    otto::HostSpec spec("unix");
    spec.id("box");
    spec.set("address", server.address());
    spec.set("port", std::to_string(server.port()));
    spec.set("user", server.user());
    spec.set("identity_file", server.key("ed25519"));
    spec.set("known_hosts", (server.directory() / "known_hosts").string());
    return spec;
}

inline void with_unix(const std::function<task<>(Host&)>& body, const otto::HostSpec& spec,
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

inline std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

inline std::string read_text(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

inline std::size_t count_in(const std::string& text, const std::string& what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
        ++count;
    return count;
}

} // namespace test
