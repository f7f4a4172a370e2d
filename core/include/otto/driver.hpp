// What core gives a driver: the services behind one host, and the two ends of a running command.
#pragma once

#include <otto/command.hpp>
#include <otto/event.hpp>
#include <otto/option.hpp>
#include <otto/secret.hpp>
#include <otto/task.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace otto {

class HostServices; // core's side, not installed

// Handed to a driver's `create`; the Host keeps it. Valid while the host lives. Copyable.
class OTTO_API HostContext {
  public:
    explicit HostContext(std::shared_ptr<HostServices> services);
    ~HostContext();
    HostContext(const HostContext&);
    HostContext& operator=(const HostContext&);

    [[nodiscard]] const std::string& id() const noexcept;
    [[nodiscard]] const std::string& driver() const noexcept;
    [[nodiscard]] const OptionValues& options() const noexcept;
    // Core's keys that a driver may need. `address` falls back to the host's id only if the driver says so
    // itself.
    [[nodiscard]] const std::optional<std::string>& address() const noexcept;
    [[nodiscard]] const std::optional<std::string>& hop() const noexcept;
    [[nodiscard]] bool dry_run() const noexcept;

    // The host's strand. Never make an io_context, pool or thread; never compare executors.
    [[nodiscard]] asio::any_io_executor executor() const;

    // [strand] The secret's text, resolved at first use and once per context. Throws Error(lab).
    task<std::string> reveal(Secret secret);

    // [strand] Numeric addresses ("192.0.2.1", "::1") for a name, by core's own resolver threads; numeric
    // text is answered at once. Cancellable. Throws Error(unreachable).
    task<std::vector<std::string>> resolve(std::string name);

    // [strand] Runs a blocking function on one of core's few blocking threads. The function must not touch
    // the driver's members. Cancelling detaches the caller; the function runs on.
    task<> blocking(std::function<void()> work);

    // [any-thread] Reports an event; the host's id is filled in.
    void emit(Event event);

    // [strand] Starts a background task of this host (a keepalive, a reader). Core cancels it when the host
    // is aborted or closed, joins it, and reports what it throws as a warning.
    void spawn(task<> work);

    // [strand] Tells core that the connection died while nobody was looking: the next verb opens a new one.
    void connection_lost(std::string why);

  private:
    friend class HostGuard;
    std::shared_ptr<HostServices> services_;
};

// One running command, seen from the driver. Shared, because a call that ignores cancellation may outlive its
// verb.
class OTTO_API CommandIo {
  public:
    virtual ~CommandIo();
    CommandIo(const CommandIo&) = delete;
    CommandIo& operator=(const CommandIo&) = delete;

    // [strand] Output as it comes: kept up to the limit, and sent to the sinks. Waits while their queue is
    // full.
    virtual task<> write(StreamId stream, std::string_view bytes) = 0;
    // [strand] From now on the peer may have seen the command, and failures are part of the result.
    virtual void handed_over() noexcept = 0;
    // [strand] What may still run on the host after this command ("process group 4711").
    virtual void left_running(std::string what) = 0;
    // True once deadline, cancellation or close cut the command off.
    [[nodiscard]] virtual bool cut_off() const noexcept = 0;

  protected:
    CommandIo() = default;
};

} // namespace otto
