// Resolved secrets of one context: each distinct reference is resolved once, by whoever needs it first.
#pragma once

#include "runtime/blocking_pool.hpp"

#include <otto/error.hpp>
#include <otto/secret.hpp>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace otto {

struct RevealedSecret {
    std::string text;
    std::optional<Error> error;
};

class SecretStore : public std::enable_shared_from_this<SecretStore> {
  public:
    using Callback = std::function<void(const RevealedSecret&)>; // [blocking thread, or the caller's]

    // Any thread.
    void reveal(const Secret& secret, BlockingPool& threads, Callback callback);

    // What has been revealed so far, for masking.
    [[nodiscard]] std::vector<std::string> revealed() const;

  private:
    mutable std::mutex mutex_;
    std::map<std::string, RevealedSecret> known_;
    std::map<std::string, std::vector<Callback>> waiting_;
};

} // namespace otto
