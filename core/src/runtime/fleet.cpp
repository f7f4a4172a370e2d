// The fleet verbs: many hosts at once, each within its own budget, and one failing host never touches
// another.
#include "runtime/context_state.hpp"
#include "runtime/task_group.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace otto {
namespace {

// Runs user code under a deadline. User code runs on the user's thread: it can be cancelled, but not given
// up.
task<> under_deadline(task<> work, Deadline deadline) {
    asio::any_io_executor executor = co_await asio::this_coro::executor;
    TaskGroup working(executor);
    working.spawn(std::move(work));
    TaskGroup alarms(executor);
    const auto rung = std::make_shared<bool>(false);
    auto alarm = [](TaskGroup& target, Deadline when, std::shared_ptr<bool> flag) -> task<> {
        Timer timer(co_await asio::this_coro::executor, "a host's budget in a fleet verb");
        timer.expires_at(when);
        if (!co_await timer.wait()) co_return;
        *flag = true;
        target.cancel();
    };
    alarms.spawn(alarm(working, deadline, rung));
    std::exception_ptr failure;
    try {
        co_await working.join();
    } catch (...) {
        failure = std::current_exception();
    }
    alarms.cancel();
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    try {
        co_await alarms.join();
    } catch (const boost::system::system_error&) {
        // The alarm was cancelled: that is how it ends.
    }
    if (failure && *rung) throw Error(Errc::timed_out, "the host's budget is used up");
    if (failure) std::rethrow_exception(failure);
}

} // namespace

std::vector<std::string> Context::selected(const FleetOptions& options) const {
    if (options.fanout() == 0) throw Error(Errc::usage, "a fan-out of 0 hosts at once never begins");
    if (options.timeout() && *options.timeout() <= Duration::zero())
        throw Error(Errc::usage, "a timeout must be longer than nothing")
            .advice("otto::unbounded asks for no limit");
    return selected_ids(state_->lab, options.pattern());
}

task<> Context::for_each_host(FleetOptions options, std::vector<std::string> ids, ForOne one, Failed failed) {
    std::size_t next = 0;
    auto one_host = [&](std::size_t index) -> task<> {
        try {
            HostPtr host;
            if (options.overrides().empty()) {
                host = get_host(ids[index]);
            } else {
                const HostSpec spec = apply_overrides(*state_->lab.find(ids[index]), options.overrides(),
                                                      *state_->maker.plugins, true);
                host = state_->maker.make(spec);
                state_->take_into_scope(host);
            }
            if (options.timeout())
                co_await under_deadline(one(index, *host), deadline_after(*options.timeout()));
            else
                co_await one(index, *host);
            if (options.closes_each()) co_await host->close();
        } catch (...) {
            failed(index, error_from(std::current_exception(), Errc::internal));
        }
    };
    // Each host is a task of its own, because awaiting under a deadline uses up a task's cancellation state: a loop over
    // hosts could be cancelled at its first host only.
    TaskGroup hosts(co_await asio::this_coro::executor);
    std::function<void()> begin_next;
    auto one_after_the_other = [&](std::size_t index) -> task<> {
        co_await one_host(index);
        begin_next();
    };
    begin_next = [&] {
        if (next < ids.size() && !hosts.cancelled()) hosts.spawn(one_after_the_other(next++));
    };
    for (std::size_t i = std::min(options.fanout(), ids.size()); i > 0; --i)
        begin_next();
    co_await hosts.join();
}

namespace {

// A host's commands, one after the other, all within what is left of its budget.
struct HostCommands {
    std::string id;
    const std::vector<Command>& commands;
    bool independent; // exec
    bool stop_on_failure;
    std::optional<Duration> budget;
    std::vector<CommandResult> results;
    std::optional<Error> error;
    Deadline begun{};

    task<> run(Host& host) {
        begun = std::chrono::steady_clock::now();
        const Deadline deadline = budget ? deadline_after(*budget) : Deadline::max();
        for (std::size_t i = 0; i < commands.size(); ++i) {
            const Duration left = time_left(deadline);
            if (left == Duration::zero()) {
                error = Error(Errc::timed_out,
                              "the host's budget was used up before command " + std::to_string(i + 1))
                            .host(id);
                co_return;
            }
            Command command = commands[i];
            if (budget) command.timeout(std::min(left, command.timeout().value_or(left)));
            co_await run_one(host, i, std::move(command));
            if (error || (stop_on_failure && !results[i].ok() && results[i].status() != Status::not_run))
                co_return;
        }
    }

    task<> run_one(Host& host, std::size_t index, Command command) {
        try {
            if (independent)
                results[index] = co_await host.exec(std::move(command));
            else
                results[index] = co_await host.run(std::move(command));
        } catch (const Error& e) {
            error = e; // nothing was sent: the commands after it would meet the same
        }
    }

    [[nodiscard]] HostResult result() && {
        const auto took =
            begun == Deadline{}
                ? Duration(0)
                : std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - begun);
        return HostResult(std::move(id), std::move(results), std::move(error), took);
    }
};

} // namespace

task<FleetResult> Context::command_on_all_hosts(Commands commands, FleetOptions options, bool independent) {
    std::vector<std::string> ids = selected(options);
    std::vector<FleetResult::Entry> entries(ids.size());
    const auto begin_host = [&](std::size_t i) {
        HostCommands host{
            ids[i], commands.list(), independent, options.stops_on_failure(), options.timeout(), {}, {}};
        for (const auto& command : commands.list())
            host.results.emplace_back(command.text());
        return host;
    };
    const auto end_host = [&](std::size_t i, HostCommands host) {
        entries[i] = {ids[i], std::move(host).result()};
        if (options.host_done()) options.host_done()(entries[i].second);
    };
    for (std::size_t i = 0; i < ids.size(); ++i)
        entries[i] = {ids[i], begin_host(i).result()};
    ForOne one = [&](std::size_t i, Host& host) -> task<> {
        HostCommands each = begin_host(i);
        co_await each.run(host);
        end_host(i, std::move(each));
    };
    Failed failed = [&](std::size_t i, Error error) {
        if (entries[i].second.duration() != Duration(0))
            return; // its commands have ended: only the close failed
        HostCommands each = begin_host(i);
        each.error = std::move(error);
        end_host(i, std::move(each));
    };
    // Each command has its own deadline within the budget, which keeps what was read so far.
    FleetOptions without_budget = options;
    without_budget.timeout(unbounded);
    co_await for_each_host(std::move(without_budget), ids, one, failed);
    co_return FleetResult(std::move(entries));
}

task<FleetResult> Context::run_on_all_hosts(Commands commands, FleetOptions options) {
    return command_on_all_hosts(std::move(commands), std::move(options), false);
}

task<FleetResult> Context::exec_on_all_hosts(Commands commands, FleetOptions options) {
    return command_on_all_hosts(std::move(commands), std::move(options), true);
}

} // namespace otto
