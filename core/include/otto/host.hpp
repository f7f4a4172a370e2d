// One machine of a lab. Programs hold a HostPtr and call the verbs; drivers derive from Host and write the
// private virtuals. What every driver would else do again, the verbs do once, in this order: start the
// deadline, hop to the host's strand, wait for the session's turn, check the state, call the driver, map
// every failure to otto::Error, report events, hop back.
#pragma once

#include <otto/capability.hpp>
#include <otto/capability/exec.hpp>
#include <otto/capability/file_transfer.hpp>
#include <otto/command.hpp>
#include <otto/driver.hpp>
#include <otto/result.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace otto {

class Host;
using HostPtr = std::shared_ptr<Host>;

enum class HostState { closed, opening, open, closing };

class HostGuard;

// Verbs may be called from any thread of any executor and complete on the caller's executor. A host opens on
// first use, and again after close(). Every verb fails with `closed` once the host's scope has closed.
class OTTO_API Host : public std::enable_shared_from_this<Host> {
  public:
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;
    virtual ~Host();

    [[nodiscard]] const std::string& id() const noexcept;
    [[nodiscard]] const std::string& driver() const noexcept;
    [[nodiscard]] HostState state() const noexcept; // a snapshot

    // Connects and logs in. Not needed before a verb. 50 first callers share one connection.
    task<> open(Duration timeout = Duration(30'000));

    // Runs a command in the host's session, which keeps directory, environment and user. Returns once the
    // command was handed over, also when it timed out or the connection was lost: status `error`, the error
    // inside, the output so far. Throws Error when nothing was sent: unreachable, timed_out, authentication,
    // host_key, closed, ...
    task<CommandResult> run(Command command);

    // An independent command (otto.exec/1). Errors as run.
    task<CommandResult> exec(Command command);

    // Files (otto.file-transfer/1). Errors as FileTransfer.
    task<TransferResult> put(std::filesystem::path local, std::string remote,
                             TransferOptions options = TransferOptions());
    task<TransferResult> get(std::string remote, std::filesystem::path local,
                             TransferOptions options = TransferOptions());

    // Releases the connection now. Idempotent, safe at any moment, also while connecting: running verbs end
    // with `closed`. A later verb connects again, until the scope has closed. Bounded: aborts after `limit`.
    // Throws Error when the driver failed to close; the connection is gone all the same.
    task<> close(Duration limit = Duration(5'000));

    // Drops everything at once, without talking to the peer. Any thread, never blocks.
    void abort() noexcept;

    // The capability, or null if the host lacks it or does not know yet. Any thread.
    template <class C>
    [[nodiscard]] C* as() noexcept {
        return static_cast<C*>(find_capability(C::capability_id));
    }

    // Opens the host and answers then. Throws Error(unsupported) naming the host, the driver and the
    // capability.
    template <class C>
    task<C*> require(Duration timeout = Duration(30'000)) {
        void* found = co_await require_capability(C::capability_id, timeout);
        co_return static_cast<C*>(found);
    }

    // For a vendor's own capability: runs `body` on the host's strand with the host open, under the deadline,
    // with errors mapped, without taking the turn. In a dry run it throws NotRun after a would-run event with
    // `what`.
    template <class T, class F>
    task<T> enter(std::string what, Duration timeout, F&& body) {
        OTTO_REQUIRE_NAMED_BODY(F);
        return enter_impl<T>(std::move(what), timeout, std::function<task<T>()>(std::forward<F>(body)));
    }

  protected:
    // Cheap and without I/O: a host that is never used costs nothing. May throw OptionError.
    explicit Host(HostContext context);
    [[nodiscard]] HostContext& context() noexcept;

  private:
    // ---- What a driver writes. Everything runs on the host's strand. A driver honours cancellation: a call
    // that is cancelled ends soon, by exception or by value. One that ignores it is aborted and reported as
    // driver_fault.

    // [strand] Connects and logs in. Throws Error. Publish nothing before it has succeeded.
    virtual task<> do_open() = 0;
    // [strand, holds the turn] Runs one command in the session. Call io->handed_over() once the command may
    // have reached the peer; errors after that become part of the result. Write output as it comes.
    virtual task<CommandExit> do_run(Command command, std::shared_ptr<CommandIo> io) = 0;
    // [strand] Leaves politely. Called once for every successful do_open unless do_abort came first.
    virtual task<> do_close() = 0;
    // [strand] Drops the connection at once; pending driver calls then fail. Never blocks. May come at any
    // time.
    virtual void do_abort() noexcept = 0;
    // [strand, holds the turn] After a run that was cut off: make the session fit for the next command and
    // return true, or false to have it discarded. At most five seconds. The default discards.
    virtual task<bool> do_recover();
    // [any-thread] The capability of that id, or null.
    virtual void* do_query(std::string_view capability_id) noexcept;

    [[nodiscard]] void* find_capability(std::string_view id) noexcept;
    task<void*> require_capability(std::string_view id, Duration timeout);
    task<> enter_erased(std::string what, Duration timeout, std::function<task<>()> body);

    template <class T>
    task<T> enter_impl(std::string what, Duration timeout, std::function<task<T>()> body) {
        if constexpr (std::is_void_v<T>) {
            co_await enter_erased(std::move(what), timeout, std::move(body));
        } else {
            auto value = std::make_shared<std::optional<T>>();
            std::function<task<>()> keep = [value, body = std::move(body)]() -> task<> {
                *value = co_await body();
            };
            co_await enter_erased(std::move(what), timeout, std::move(keep));
            co_return std::move(**value);
        }
    }

    friend class HostGuard;
    friend class Exec;
    friend class FileTransfer;
    std::unique_ptr<HostGuard> guard_;
};

// Leaves no connection behind: runs body(host), then closes the host on every way out.
namespace detail {
OTTO_API task<> with_host_erased(HostPtr host, std::function<task<>(Host&)> body);
}
template <class F>
task<> with_host(HostPtr host, F&& body) {
    OTTO_REQUIRE_NAMED_BODY(F);
    return detail::with_host_erased(std::move(host), std::function<task<>(Host&)>(std::forward<F>(body)));
}

} // namespace otto
