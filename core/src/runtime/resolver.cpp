#include "runtime/resolver.hpp"

#include <boost/asio/ip/address.hpp>

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

namespace otto {

bool is_numeric_address(const std::string& text) {
    boost::system::error_code failure;
    boost::asio::ip::make_address(text, failure);
    return !failure;
}

namespace {

ResolvedName ask_system(const std::string& name) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    ResolvedName answer;
    if (const int failure = ::getaddrinfo(name.c_str(), nullptr, &hints, &list); failure != 0) {
        answer.error = ::gai_strerror(failure);
        return answer;
    }
    for (const addrinfo* at = list; at; at = at->ai_next) {
        std::array<char, NI_MAXHOST> text{};
        if (::getnameinfo(at->ai_addr, at->ai_addrlen, text.data(), text.size(), nullptr, 0,
                          NI_NUMERICHOST) != 0)
            continue;
        if (std::ranges::find(answer.addresses, text.data()) == answer.addresses.end())
            answer.addresses.emplace_back(text.data());
    }
    ::freeaddrinfo(list);
    if (answer.addresses.empty()) answer.error = "it has no address";
    return answer;
}

constexpr std::size_t most_threads = 8;

} // namespace

Resolver::Resolver()
    : state_(std::make_shared<State>())
    , threads_(most_threads) {}

void Resolver::resolve(const std::string& name, Callback callback) {
    ResolvedName known;
    {
        const std::lock_guard lock(state_->mutex);
        const auto found = state_->known.find(name);
        if (found == state_->known.end()) {
            auto& waiting = state_->waiting[name];
            waiting.push_back(std::move(callback));
            if (waiting.size() == 1) threads_.post([state = state_, name] { look_up(state, name); });
            return;
        }
        known = found->second;
    }
    callback(known);
}

void Resolver::look_up(const std::shared_ptr<State>& state, const std::string& name) {
    const ResolvedName answer = ask_system(name);
    std::vector<Callback> callbacks;
    {
        const std::lock_guard lock(state->mutex);
        callbacks.swap(state->waiting[name]);
        state->waiting.erase(name);
        if (answer.error.empty()) state->known[name] = answer;
    }
    for (const auto& callback : callbacks)
        callback(answer);
}

} // namespace otto
