// otto::task<T> is what every asynchronous function of otto returns: a lazy coroutine, awaited once. It runs
// on the executor of whoever awaits it. On GCC 12 an expression that contains co_await must not hold
// temporary aggregates, capturing lambdas, braced lists or `?:` of class type: name them on the line before.
#pragma once

#include <otto/api.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <type_traits>

namespace otto {

template <class T = void>
using task = asio::awaitable<T>;

// Every time span of the interface. Deadlines are steady-clock times.
using Duration = std::chrono::milliseconds;
using Deadline = std::chrono::steady_clock::time_point;

// Must be asked for: no verb waits for ever by default.
inline constexpr Duration unbounded = Duration::max();

// The deadline that lies `span` from now; `unbounded` gives the end of time.
OTTO_API Deadline deadline_after(Duration span) noexcept;
// What is left until the deadline, never negative; `unbounded` for the end of time.
OTTO_API Duration time_left(Deadline deadline) noexcept;

namespace detail {
// GCC 12.2 destroys a temporary closure with captures twice when it is an argument in a co_await expression.
template <class F>
inline constexpr bool safe_body =
    std::is_lvalue_reference_v<F> || std::is_trivially_destructible_v<std::remove_cvref_t<F>>;
} // namespace detail

#define OTTO_REQUIRE_NAMED_BODY(F)                                                                           \
    static_assert(::otto::detail::safe_body<F>,                                                              \
                  "name the lambda first: `auto body = [...](...) {...};` and pass `body`. GCC 12 destroys " \
                  "a temporary closure with captures twice inside a co_await expression.")

} // namespace otto
