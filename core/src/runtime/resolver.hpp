// Looks names up outside of Asio's resolver, whose one thread holds even numeric addresses behind a slow
// name, ignores cancellation and keeps the process from ending. Answers are shared between those who ask for
// the same name.
#pragma once

#include "runtime/blocking_pool.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace otto {

struct ResolvedName {
    std::vector<std::string> addresses; // numeric
    std::string error;                  // why there are none
};

// True for text that needs no look-up: IPv4 or IPv6, "%scope" included.
bool is_numeric_address(const std::string& text);

class Resolver {
  public:
    using Callback = std::function<void(const ResolvedName&)>; // [resolver thread]

    Resolver();

    // Any thread. The callback may come at once, on the calling thread, if the answer is known.
    void resolve(const std::string& name, Callback callback);

  private:
    struct State {
        std::mutex mutex;
        std::map<std::string, std::vector<Callback>> waiting;
        std::map<std::string, ResolvedName> known; // good answers, for the runtime's life
    };
    static void look_up(const std::shared_ptr<State>& state, const std::string& name);

    std::shared_ptr<State> state_;
    BlockingPool threads_;
};

} // namespace otto
