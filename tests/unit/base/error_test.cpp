#include <otto/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <stdexcept>
#include <string>
#include <support/catch.hpp>

using otto::Errc;
using otto::Error;

TEST_CASE("every error code has its name") {
    const std::pair<Errc, std::string> names[] = {
        {Errc::unreachable, "unreachable"},
        {Errc::timed_out, "timed-out"},
        {Errc::authentication, "authentication"},
        {Errc::host_key, "host-key"},
        {Errc::closed, "closed"},
        {Errc::cancelled, "cancelled"},
        {Errc::busy, "busy"},
        {Errc::unsupported, "unsupported"},
        {Errc::usage, "usage"},
        {Errc::lab, "lab"},
        {Errc::plugin, "plugin"},
        {Errc::reservation, "reservation"},
        {Errc::driver_fault, "driver-fault"},
        {Errc::protocol, "protocol"},
        {Errc::transfer, "transfer"},
        {Errc::internal, "internal"},
    };
    int value = 0;
    for (const auto& [code, name] : names) {
        CHECK(to_string(code) == name);
        CHECK(static_cast<int>(code) == ++value); // part of the ABI
    }
    CHECK(to_string(static_cast<Errc>(99)) == "internal");
}

TEST_CASE("what() is one line: host, message, advice") {
    const Error plain(Errc::unreachable, "connection refused");
    CHECK(plain.what() == std::string("connection refused"));
    CHECK(plain.host().empty());
    CHECK(plain.advice().empty());

    CHECK(Error(plain).host("web07").what() == std::string("web07: connection refused"));
    CHECK(Error(plain).advice("is it up?").what() == std::string("connection refused (is it up?)"));

    const Error full = Error(plain).advice("is it up?").host("web07");
    CHECK(full.what() == std::string("web07: connection refused (is it up?)"));
    CHECK(full.code() == Errc::unreachable);
    CHECK(full.message() == "connection refused");
}

TEST_CASE("copies of an error share their text, and setting one leaves the other") {
    Error first(Errc::busy, "somebody else is here");
    const Error copy = first;
    CHECK(first.what() == copy.what()); // the same bytes
    first.host("web07");
    CHECK(copy.host().empty());
    CHECK(first.host() == "web07");
}

TEST_CASE("any exception becomes an error") {
    const auto mapped = [](const auto& exception) {
        return otto::error_from(std::make_exception_ptr(exception), Errc::driver_fault);
    };
    const Error own = mapped(Error(Errc::host_key, "changed").host("a"));
    CHECK(own.code() == Errc::host_key);
    CHECK(own.what() == std::string("a: changed"));

    CHECK(mapped(otto::NotRun("nothing was sent")).code() == Errc::usage);

    const boost::system::system_error aborted(boost::asio::error::operation_aborted);
    CHECK(mapped(aborted).code() == Errc::cancelled);

    const Error refused = mapped(boost::system::system_error(boost::asio::error::connection_refused));
    CHECK(refused.code() == Errc::driver_fault);
    CHECK_THAT(refused.message(), Catch::Contains("refused"));

    const Error standard = mapped(std::runtime_error("parser exploded"));
    CHECK(standard.code() == Errc::driver_fault);
    CHECK(standard.message() == "parser exploded");

    CHECK(mapped(42).code() == Errc::driver_fault);
}
