#include "runtime/context_state.hpp"
#include "runtime/runtime_core.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace otto::detail {
namespace {

// The lower level, in order: set_context, enter, body, close, reset_context.
task<> in_context(Context& context, std::function<task<>(Context&)> body,
                  std::shared_ptr<CloseReport> report) {
    const ContextToken token = set_context(context);
    context.scope().enter();
    std::exception_ptr failure;
    try {
        co_await body(context);
    } catch (...) {
        failure = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    CloseReport closed = co_await context.scope().close();
    if (report) *report = std::move(closed);
    reset_context(token);
    if (failure) std::rethrow_exception(failure);
}

} // namespace

task<> open_context_erased(OpenOptions options, std::function<task<>(Context&)> body) {
    const auto runtime = Runtime::current();
    Context context(runtime, options.load(), options.context_options());
    // A logical task of its own: the caller's slot is never written.
    asio::any_io_executor own = runtime->user_task();
    co_await asio::co_spawn(own, in_context(context, std::move(body), options.report()), asio::use_awaitable);
}

} // namespace otto::detail
