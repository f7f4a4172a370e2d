// The one exception class of otto. A program switches on code(); a person reads what(), which says what went
// wrong, where, and what to do.
#pragma once

#include <otto/api.hpp>

#include <exception>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

namespace otto {

// A closed list: values are only ever added with a new ABI number.
enum class Errc {
    unreachable = 1, // no connection: refused, no route, name not found
    timed_out,       // the call's deadline passed
    authentication,  // the peer refused every credential that was offered
    host_key,        // the peer's key is unknown under `strict`, changed or revoked
    closed,          // the host, its scope or its connection was closed under the call
    cancelled,       // the calling task was cancelled
    busy,            // somebody else holds what the call needs, and waiting is pointless
    unsupported,     // the driver has no such capability
    usage,           // the program or the command line asked for something that makes no sense
    lab,             // a fault in a lab file
    plugin,          // a plugin could not be used
    reservation,     // resources are not reserved, or the backend could not say
    driver_fault,    // the driver broke the rules: threw, ignored cancellation, blocked its thread
    protocol,        // the peer broke its protocol
    transfer,        // a file could not be transferred
    internal,        // a bug in otto
};

// The name used in JSON and messages: "timed-out", "host-key", ...
OTTO_API std::string_view to_string(Errc code) noexcept;

// Copies share their text. Any thread.
class OTTO_API Error : public std::exception {
  public:
    Error(Errc code, std::string message);
    Error(const Error&) noexcept;
    Error& operator=(const Error&) noexcept;
    ~Error() override;

    // Setters for building one: `throw Error(Errc::unreachable, "connection
    // refused").host("web07").advice("...")`.
    Error& host(std::string id);
    Error& advice(std::string what_to_do);

    [[nodiscard]] Errc code() const noexcept;
    // What went wrong, without host and advice.
    [[nodiscard]] const std::string& message() const noexcept;
    // The host's id, or empty.
    [[nodiscard]] const std::string& host() const noexcept;
    [[nodiscard]] const std::string& advice() const noexcept;
    // One line: "HOST: MESSAGE (ADVICE)".
    [[nodiscard]] const char* what() const noexcept override;

  private:
    struct Data;
    std::shared_ptr<const Data> data_;
};

// Thrown where a dry run would have to invent a fact about a device.
class OTTO_API NotRun : public Error {
  public:
    explicit NotRun(std::string message);
    ~NotRun() override;
};

// The exception as an otto::Error: itself if it is one; operation_aborted becomes `cancelled`; anything else
// `fallback`.
OTTO_API Error error_from(std::exception_ptr exception, Errc fallback);

} // namespace otto
