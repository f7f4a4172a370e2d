// A driver for tests of core, registered as a linked plugin. What a host does is said by the command's text:
//
//   "echo TEXT"      output TEXT, status 0            "exit N"     status N
//   "err TEXT"       error output TEXT                "throw"      std::runtime_error
//   "hang"           waits until it is cancelled      "late TEXT"  writes TEXT, then waits until it is
//   cancelled "ignore MS"      ignores cancellation for MS      "block MS"   blocks its thread for MS
//   "unsent"         fails before anything was sent   "lose"       loses the connection
//   "flood N"        N chunks of 64 KiB               "in"         how many commands are inside at once
//   "resolve NAME"   the addresses of a name
//
// Options: open = ok | fail | hang | ignore, close = ok | throw | hang | ignore | block, recover = yes | no.
#pragma once

#include <otto/lab.hpp>
#include <otto/plugin_registry.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace fixture {

// What happened, in order: "open web1", "close web1", "abort web1", "recover web1". One per test.
class Journal {
  public:
    void add(std::string what);
    [[nodiscard]] std::vector<std::string> entries() const;
    [[nodiscard]] std::size_t count(const std::string& what) const;
    void clear();

    std::atomic<int> live_hosts{0};

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> entries_;
};

Journal& journal();

// A registry that knows the driver "fixture" and nothing else; clears the journal.
std::shared_ptr<otto::PluginRegistry> registry();

// The text as a lab of fixture hosts: "hosts: {a: {}, b: {close: throw}}" needs no driver and no `otto: 1`.
otto::Lab lab(const std::string& hosts);

} // namespace fixture
