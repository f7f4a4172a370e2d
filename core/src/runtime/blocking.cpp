#include "runtime/context_state.hpp"
#include "runtime/runtime_core.hpp"
#include "runtime/task_slot.hpp"

#include <otto/blocking.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <utility>

namespace otto {

// Shared by the context and the hosts it gave out: a host that outlives the context fails with `closed`.
struct BlockingHost::Loop {
    Loop()
        : runtime(io.get_executor())
        , work(asio::make_work_guard(io))
        , slot(std::make_shared<TaskSlot>()) {
        slot->runtime = runtime.core();
    }

    void wait(task<> task_to_end) {
        refuse_inside_task();
        std::exception_ptr failure;
        bool ended = false;
        asio::co_spawn(with_slot(io.get_executor(), slot), std::move(task_to_end), [&](std::exception_ptr e) {
            failure = e;
            ended = true;
        });
        while (!ended)
            io.run_one();
        if (failure) std::rethrow_exception(failure);
    }

    template <class T>
    T get(task<T> task_to_end) {
        std::optional<T> value;
        auto keep = [](task<T> inner, std::optional<T>& out) -> task<> { out = co_await std::move(inner); };
        wait(keep(std::move(task_to_end), value));
        return std::move(*value);
    }

    static void refuse_inside_task() {
        if (inside_task())
            throw Error(Errc::usage, "a blocking call inside a task of otto would wait for ever")
                .advice("co_await the verb of Context or Host instead");
    }

    asio::io_context io{1};
    Runtime runtime;
    asio::executor_work_guard<asio::io_context::executor_type> work;
    TaskSlotPtr slot;
    TaskSlotPtr former;
    std::optional<Context> context;
};

void BlockingHost::open(Duration timeout) {
    loop_->wait(host_->open(timeout));
}

CommandResult BlockingHost::run(Command command) {
    return loop_->get(host_->run(std::move(command)));
}

CommandResult BlockingHost::exec(Command command) {
    return loop_->get(host_->exec(std::move(command)));
}

TransferResult BlockingHost::put(std::filesystem::path local, std::string remote, TransferOptions options) {
    return loop_->get(host_->put(std::move(local), std::move(remote), std::move(options)));
}

TransferResult BlockingHost::get(std::string remote, std::filesystem::path local, TransferOptions options) {
    return loop_->get(host_->get(std::move(remote), std::move(local), std::move(options)));
}

void BlockingHost::close() {
    loop_->wait(host_->close());
}

BlockingContext::BlockingContext(OpenOptions options) {
    BlockingHost::Loop::refuse_inside_task();
    loop_ = std::make_shared<BlockingHost::Loop>();
    loop_->context.emplace(loop_->runtime, options.load(), options.context_options());
    loop_->context->scope().enter();
    loop_->slot->contexts.push_back(loop_->context->state());
    loop_->former = exchange_thread_slot(loop_->slot);
}

BlockingContext::~BlockingContext() {
    try {
        close();
    } catch (const std::exception&) {
        // The scope's destructor aborts what is left.
    }
    exchange_thread_slot(loop_->former);
    loop_->context.reset();
}

const Lab& BlockingContext::lab() const noexcept {
    return loop_->context->lab();
}

Context& BlockingContext::context() noexcept {
    return *loop_->context;
}

std::vector<BlockingHost> BlockingContext::all_hosts(std::string_view pattern) {
    std::vector<BlockingHost> hosts;
    for (auto& host : loop_->context->all_hosts(pattern))
        hosts.push_back(BlockingHost(loop_, std::move(host)));
    return hosts;
}

BlockingHost BlockingContext::get_host(std::string_view id) {
    return {loop_, loop_->context->get_host(id)};
}

BlockingHost BlockingContext::get_host(std::string_view id, const Overrides& overrides) {
    return {loop_, loop_->context->get_host(id, overrides)};
}

FleetResult BlockingContext::run_on_all_hosts(Commands commands, FleetOptions options) {
    return loop_->get(loop_->context->run_on_all_hosts(std::move(commands), std::move(options)));
}

FleetResult BlockingContext::exec_on_all_hosts(Commands commands, FleetOptions options) {
    return loop_->get(loop_->context->exec_on_all_hosts(std::move(commands), std::move(options)));
}

CloseReport BlockingContext::close() {
    return loop_->get(loop_->context->scope().close());
}

void BlockingContext::wait_erased(task<> work) {
    loop_->wait(std::move(work));
}

} // namespace otto
