#include "runtime/secret_store.hpp"

#include <utility>

namespace otto {
namespace {

RevealedSecret resolve(const Secret& secret) {
    RevealedSecret answer;
    try {
        answer.text = secret.resolve_blocking();
    } catch (...) {
        answer.error = error_from(std::current_exception(), Errc::lab);
    }
    return answer;
}

} // namespace

void SecretStore::reveal(const Secret& secret, BlockingPool& threads, Callback callback) {
    const std::string identity = secret.identity();
    RevealedSecret known;
    {
        const std::lock_guard lock(mutex_);
        const auto found = known_.find(identity);
        if (found == known_.end()) {
            auto& waiting = waiting_[identity];
            waiting.push_back(std::move(callback));
            if (waiting.size() > 1) return;
            threads.post([self = shared_from_this(), secret, identity] {
                const RevealedSecret answer = resolve(secret);
                std::vector<Callback> callbacks;
                {
                    const std::lock_guard again(self->mutex_);
                    self->known_[identity] = answer;
                    callbacks.swap(self->waiting_[identity]);
                    self->waiting_.erase(identity);
                }
                for (const auto& each : callbacks)
                    each(answer);
            });
            return;
        }
        known = found->second;
    }
    callback(known);
}

std::vector<std::string> SecretStore::revealed() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> texts;
    for (const auto& [identity, answer] : known_)
        if (!answer.text.empty()) texts.push_back(answer.text);
    return texts;
}

} // namespace otto
