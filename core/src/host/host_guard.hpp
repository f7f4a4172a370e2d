// Core's half of a host: what the public verbs do around a driver's virtuals. Its state belongs to the host's
// strand.
#pragma once

#include "host/call.hpp"
#include "host/command_recorder.hpp"
#include "host/host_services.hpp"
#include "host/turn.hpp"

#include <otto/host.hpp>

#include <atomic>
#include <list>
#include <memory>
#include <string>

namespace otto {

// How closing one host went.
struct CloseOutcome {
    enum class Kind { unused, closed, aborted, failed } kind = Kind::unused;
    std::optional<Error> error; // failed
    bool stray = false;         // a driver call still runs
};

class HostGuard {
  public:
    using DriverCommand = std::function<task<CommandExit>(Command, std::shared_ptr<CommandIo>)>;
    using DriverTransfer = std::function<task<std::uint64_t>(std::shared_ptr<TransferProgress>)>;

    HostGuard(Host& host, HostContext host_context);
    ~HostGuard();
    HostGuard(const HostGuard&) = delete;
    HostGuard& operator=(const HostGuard&) = delete;

    static HostGuard& of(Host& host) noexcept { return *host.guard_; }

    // ---- On the caller's executor.
    task<> open(Duration timeout);
    // `in_session`: takes the session's turn and recovers the session when the command is cut off.
    task<CommandResult> command(std::string verb, Command command, bool in_session, DriverCommand driver);
    task<TransferResult> transfer(std::string verb, std::string source, std::string destination,
                                  TransferOptions options, DriverTransfer driver);
    task<> enter(std::string what, Duration timeout, std::function<task<>()> body);
    task<CloseOutcome> close(Duration limit);

    // ---- Any thread.
    void abort() noexcept;
    // The last handle is gone: lets go of the driver on its strand, after its background tasks.
    static void release(HostPtr inner);
    // From now on every verb fails with `closed`: the host's scope has closed.
    void retire() noexcept { retired_ = true; }
    [[nodiscard]] bool retired() const noexcept { return retired_; }
    [[nodiscard]] HostState state() const noexcept { return state_; }
    [[nodiscard]] bool has_stray() const noexcept { return strays_ > 0; }
    [[nodiscard]] bool needs_close() const noexcept {
        return state_ != HostState::closed || active_count_ > 0;
    }
    [[nodiscard]] const std::shared_ptr<HostServices>& services() const noexcept { return services_; }

    HostContext context;

  private:
    // A connection attempt that all first callers share.
    struct Attempt {
        explicit Attempt(const asio::any_io_executor& strand)
            : ended_notice(strand, "a shared connection attempt has ended") {}
        Notifier ended_notice;
        asio::cancellation_signal stop;
        std::size_t waiting = 0;
        bool stopping = false;
        bool ended = false;
        std::exception_ptr failure;
    };
    using CallPtr = std::shared_ptr<Call>;
    struct CommandRun; // what the two sides of one command share

    CallPtr make_call(std::string verb, Duration timeout) const;
    // [caller] Work that is refused after a stray, ends with `closed` when the host closes, and names the
    // host.
    task<> perform(CallPtr call, std::function<task<>()> work);
    // [strand]
    task<> tracked(CallPtr call, std::function<task<>()> work);
    task<> ensure_open(CallPtr call);
    task<> wait_for_attempt(std::shared_ptr<Attempt> attempt);
    std::shared_ptr<Attempt> start_attempt();
    task<> run_attempt(std::shared_ptr<Attempt> attempt, HostPtr keep);
    task<> run_command(CallPtr call, std::shared_ptr<CommandRun> run);
    task<> recover(std::shared_ptr<TurnHold> hold, HostPtr keep);
    task<> close_on_strand(CallPtr call, std::shared_ptr<CloseOutcome> outcome);
    task<> close_driver(CallPtr call);
    void drop();
    void finish_abort();
    void connection_lost(std::string why);
    void given_up(const CallPtr& call);

    void check_usable() const;
    [[nodiscard]] Error with_host(Error error) const;
    [[nodiscard]] Duration effective_timeout(std::optional<Duration> asked, Duration fallback) const;
    [[nodiscard]] bool quiet() const noexcept { return active_.empty() && !attempt_ && recoveries_ == 0; }

    Host& host_;
    const std::shared_ptr<HostServices> services_;
    std::atomic<HostState> state_{HostState::closed};
    std::atomic<bool> retired_{false};
    std::atomic<int> strays_{0};
    std::atomic<int> active_count_{0};

    // [strand]
    Turn turn_;
    Turn close_turn_;
    Notifier changed_; // a call, a recovery or an attempt has ended
    std::list<CallPtr> active_;
    std::shared_ptr<Attempt> attempt_;
    int recoveries_ = 0;
    bool abort_pending_ = false;   // the connection is lost, and the driver has still to be told
    std::uint64_t connection_ = 0; // counts connections, so that a late failure does not discard a newer one
};

} // namespace otto
