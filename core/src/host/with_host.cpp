#include <otto/host.hpp>

#include <boost/asio/this_coro.hpp>

#include <exception>
#include <utility>

namespace otto::detail {

task<> with_host_erased(HostPtr host, std::function<task<>(Host&)> body) {
    std::exception_ptr failure;
    try {
        co_await body(*host);
    } catch (...) {
        failure = std::current_exception();
    }
    // The close is bounded by itself, and a cancelled body must not leave its connection behind.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    try {
        co_await host->close();
    } catch (const Error&) {
        if (!failure) failure = std::current_exception();
    }
    if (failure) std::rethrow_exception(failure);
}

} // namespace otto::detail
