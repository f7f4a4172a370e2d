// The same objects for code that is no coroutine: scripts, tests, threads of an application. Every call runs
// the loop until it is done; events are delivered inside these calls.
#pragma once

#include <otto/context.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace otto {

class BlockingContext;

// A host of a BlockingContext; valid while that lives, and failing with `closed` after it.
class OTTO_API BlockingHost {
  public:
    [[nodiscard]] const std::string& id() const noexcept { return host_->id(); }
    [[nodiscard]] const HostPtr& host() const noexcept { return host_; }
    void open(Duration timeout = Duration(30'000));
    CommandResult run(Command command);
    CommandResult exec(Command command);
    TransferResult put(std::filesystem::path local, std::string remote,
                       TransferOptions options = TransferOptions());
    TransferResult get(std::string remote, std::filesystem::path local,
                       TransferOptions options = TransferOptions());
    void close();

  private:
    friend class BlockingContext;
    struct Loop;
    BlockingHost(std::shared_ptr<Loop> loop, HostPtr host)
        : loop_(std::move(loop))
        , host_(std::move(host)) {}
    std::shared_ptr<Loop> loop_;
    HostPtr host_;
};

// Loads the lab, enters the scope and is the active context of its thread, in stack order. Used from the
// thread that made it. Inside a coroutine it throws Error(usage) instead of waiting for ever.
class OTTO_API BlockingContext {
  public:
    explicit BlockingContext(OpenOptions options);
    ~BlockingContext(); // closes the scope in bounded time; never throws
    BlockingContext(const BlockingContext&) = delete;
    BlockingContext& operator=(const BlockingContext&) = delete;

    [[nodiscard]] const Lab& lab() const noexcept;
    [[nodiscard]] Context& context() noexcept;
    [[nodiscard]] std::vector<BlockingHost> all_hosts(std::string_view pattern = {});
    [[nodiscard]] BlockingHost get_host(std::string_view id);
    [[nodiscard]] BlockingHost get_host(std::string_view id, const Overrides& overrides);
    FleetResult run_on_all_hosts(Commands commands, FleetOptions options = FleetOptions());
    FleetResult exec_on_all_hosts(Commands commands, FleetOptions options = FleetOptions());
    CloseReport close(); // again: the same report

    // Runs any task of the context to its end.
    template <class T>
    T wait(task<T> work) {
        if constexpr (std::is_void_v<T>) {
            wait_erased(std::move(work));
        } else {
            std::optional<T> value;
            wait_erased(keep(std::move(work), value));
            return std::move(*value);
        }
    }

  private:
    template <class T>
    static task<> keep(task<T> work, std::optional<T>& value) {
        value = co_await std::move(work);
    }
    void wait_erased(task<> work);
    std::shared_ptr<BlockingHost::Loop> loop_;
};

} // namespace otto
