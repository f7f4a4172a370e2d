// Threads of otto: user code on one executor, hosts on strands of a small worker pool. otto::run makes a
// private runtime; Runtime(executor) joins an application's own event loop.
#pragma once

#include <otto/error.hpp>
#include <otto/task.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace otto {

class RuntimeCore; // core's side, not installed

enum class SignalPolicy {
    none,   // otto installs no handler
    cancel, // the first SIGINT or SIGTERM cancels the task, the second restores the default and raises
};

// Lives at least as long as everything that was made with it: contexts, hosts, tasks. Its destructor aborts
// what is left and joins the workers; a worker that a driver blocks is left behind after a second.
class OTTO_API Runtime {
  public:
    // Joins an application's loop: user code, events and completions run on `user`, which one thread must
    // run. The executor's loop must outlive the Runtime.
    explicit Runtime(asio::any_io_executor user);
    ~Runtime();
    Runtime(const Runtime&) = delete;
    Runtime& operator=(const Runtime&) = delete;

    // An executor of the user's loop that carries a slot of its own: co_spawn a task on it to start a logical
    // task that has no active context yet.
    [[nodiscard]] asio::any_io_executor executor() const;

    [[nodiscard]] const std::shared_ptr<RuntimeCore>& core() const noexcept { return core_; }

    // The runtime of the calling logical task. Throws Error(usage) outside of one.
    static std::shared_ptr<RuntimeCore> current();

  private:
    std::shared_ptr<RuntimeCore> core_;
};

// What otto::run throws when a signal ended the task.
class OTTO_API Interrupted : public Error {
  public:
    explicit Interrupted(int signal);
    ~Interrupted() override;
    [[nodiscard]] int signal() const noexcept { return signal_; } // SIGINT or SIGTERM

  private:
    int signal_;
};

namespace detail {
OTTO_API void run_erased(std::function<task<>()> body, SignalPolicy policy);
OTTO_API void spawn_erased(task<> work);
} // namespace detail

// Runs a task to its end on this thread, with a private runtime, and gives its result; exceptions come out as
// they are. Installs no signal handler unless asked to. Tasks that were spawned and still run are cancelled
// and awaited. Throws Error(usage) inside a coroutine of otto. SignalPolicy::cancel: the task ends with
// Error(cancelled).
template <class T>
T run(task<T> work, SignalPolicy policy = SignalPolicy::none) {
    if constexpr (std::is_void_v<T>) {
        auto once = std::make_shared<task<>>(std::move(work));
        std::function<task<>()> body = [once]() -> task<> { co_await std::move(*once); };
        detail::run_erased(std::move(body), policy);
    } else {
        auto once = std::make_shared<task<T>>(std::move(work));
        auto value = std::make_shared<std::optional<T>>();
        std::function<task<>()> body = [once, value]() -> task<> { *value = co_await std::move(*once); };
        detail::run_erased(std::move(body), policy);
        return std::move(**value);
    }
}

// Starts a logical task of its own beside the calling one: it begins with a copy of the caller's active
// context, and changes of either are not seen by the other. What it throws becomes a warning event. Throws
// Error(usage) outside of a task of otto.
inline void spawn(task<> work) {
    detail::spawn_erased(std::move(work));
}

} // namespace otto
