#include <otto/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <cxxabi.h>

#include <array>
#include <utility>

namespace otto {

std::string_view to_string(Errc code) noexcept {
    static constexpr std::array<std::string_view, 17> names = {
        "",         "unreachable", "timed-out",   "authentication", "host-key",
        "closed",   "cancelled",   "busy",        "unsupported",    "usage",
        "lab",      "plugin",      "reservation", "driver-fault",   "protocol",
        "transfer", "internal"};
    const auto index = static_cast<std::size_t>(code);
    return index < names.size() ? names[index] : "internal";
}

// Immutable once shared: the setters make a new one.
struct Error::Data {
    Data(Errc c, std::string h, std::string m, std::string a)
        : code(c)
        , host(std::move(h))
        , message(std::move(m))
        , advice(std::move(a))
        , what((host.empty() ? "" : host + ": ") + message + (advice.empty() ? "" : " (" + advice + ")")) {}

    Errc code;
    std::string host;
    std::string message;
    std::string advice;
    std::string what;
};

Error::Error(Errc code, std::string message)
    : data_(std::make_shared<const Data>(code, std::string(), std::move(message), std::string())) {}

Error::Error(const Error&) noexcept = default;
Error& Error::operator=(const Error&) noexcept = default;
Error::~Error() = default;

Error& Error::host(std::string id) {
    data_ = std::make_shared<const Data>(data_->code, std::move(id), data_->message, data_->advice);
    return *this;
}

Error& Error::advice(std::string what_to_do) {
    data_ = std::make_shared<const Data>(data_->code, data_->host, data_->message, std::move(what_to_do));
    return *this;
}

Errc Error::code() const noexcept {
    return data_->code;
}

const std::string& Error::message() const noexcept {
    return data_->message;
}

const std::string& Error::host() const noexcept {
    return data_->host;
}

const std::string& Error::advice() const noexcept {
    return data_->advice;
}

const char* Error::what() const noexcept {
    return data_->what.c_str();
}

NotRun::NotRun(std::string message)
    : Error(Errc::usage, std::move(message)) {}

NotRun::~NotRun() = default;

Error error_from(std::exception_ptr exception, Errc fallback) {
    try {
        std::rethrow_exception(exception);
    } catch (const Error& e) {
        return e;
    } catch (const boost::system::system_error& e) {
        if (e.code() == boost::asio::error::operation_aborted) return Error(Errc::cancelled, "cancelled");
        return Error(fallback, e.what());
    } catch (const std::exception& e) {
        return Error(fallback, e.what());
    } catch (const abi::__forced_unwind&) {
        throw; // thread cancellation is not ours to swallow
    } catch (...) {
        return Error(fallback, "an exception that is no std::exception");
    }
}

} // namespace otto
