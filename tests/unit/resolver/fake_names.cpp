#include "fake_names.hpp"

#include <dlfcn.h>
#include <netdb.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string_view>

namespace {

struct State {
    std::mutex mutex;
    std::condition_variable opened;
    bool gate_is_open = false;
    std::map<std::string, std::size_t> lookups;
    std::size_t at_once = 0;
    std::size_t most_at_once = 0;
};

State& state() {
    static State& the_state = *new State; // never destroyed: look-ups wait in it when the program ends
    return the_state;
}

} // namespace

namespace fake_names {

std::size_t lookups(const std::string& name) {
    const std::lock_guard lock(state().mutex);
    return state().lookups[name];
}

std::size_t at_once() {
    const std::lock_guard lock(state().mutex);
    return state().at_once;
}

std::size_t most_at_once() {
    const std::lock_guard lock(state().mutex);
    return state().most_at_once;
}

void open_gate() {
    const std::lock_guard lock(state().mutex);
    state().gate_is_open = true;
    state().opened.notify_all();
}

} // namespace fake_names

extern "C" __attribute__((visibility("default"))) int getaddrinfo(const char* node, const char* service,
                                                                  const addrinfo* hints, addrinfo** list) {
    const std::string_view name(node);
    State& all = state();
    std::unique_lock lock(all.mutex);
    ++all.lookups[std::string(name)];
    all.most_at_once = std::max(all.most_at_once, ++all.at_once);
    if (name.ends_with(".slow.test"))
        all.opened.wait_for(lock, std::chrono::minutes(10), [] { return false; });
    if (name.ends_with(".gate.test")) all.opened.wait(lock, [&] { return all.gate_is_open; });
    --all.at_once;
    if (name.ends_with(".slow.test")) return EAI_AGAIN;
    if (name.ends_with(".bad.test")) return EAI_NONAME;

    // Memory that libc's freeaddrinfo can free.
    using Function = decltype(&getaddrinfo);
    const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    addrinfo numeric = *hints;
    numeric.ai_flags = AI_NUMERICHOST;
    return real("192.0.2.7", service, &numeric, list);
}
