#include "fake_drivers.hpp"

#include <support/catch.hpp>

using namespace otto;
using namespace otto::test;
using namespace std::chrono_literals;

namespace {

template <class Work>
std::string fault(Errc code, Work work) {
    try {
        work();
    } catch (const Error& error) {
        CHECK(error.code() == code);
        return error.what();
    }
    return "no fault";
}

} // namespace

TEST_CASE("a spec of a program is checked like a lab's entry") {
    const auto plugins = fake_registry();
    const HostSpec spec = check_spec(HostSpec("unix")
                                         .set("address", "192.0.2.1")
                                         .set("port", "2222")
                                         .set("timeout", "5s")
                                         .set("password", Secret::env("P")),
                                     *plugins);
    CHECK(spec.id() == "192.0.2.1");
    CHECK(spec.address() == "192.0.2.1");
    CHECK(spec.options().integer("port") == 2222);
    CHECK(spec.options().text("shell") == "/bin/sh");
    CHECK(spec.timeout() == 5s);
    CHECK(spec.options().secret("password").describe() == "!env P");
    CHECK(check_spec(HostSpec("local"), *plugins).id() == "local");

    CHECK(fault(Errc::lab,
                [&] {
                    (void)check_spec(HostSpec("unix").id("h").set("prot", "1").set("port", "x"), *plugins);
                }) == "error: host 'h': option 'port': expected a number from 1 to 65535, not 'x'\n"
                      "error: host 'h': unknown option 'prot' for driver 'unix' (did you mean 'port'?)");
    CHECK(fault(Errc::lab, [&] { (void)check_spec(HostSpec("unx"), *plugins); }) ==
          "error: host 'unx': unknown driver 'unx' (did you mean 'unix'?)");
    CHECK(fault(Errc::lab, [&] { (void)check_spec(HostSpec("serial-console"), *plugins); }) ==
          "error: host 'serial-console': driver 'serial-console' needs option 'device' (the serial line)");
}

TEST_CASE("overrides change options and the timeout, and nothing else") {
    const auto plugins = fake_registry();
    const Lab lab = lab_of("hosts: {h: {driver: unix, user: lab, port: 1}}\n");
    const HostSpec& host = lab.hosts().front();
    const HostSpec changed =
        apply_overrides(host, Overrides().set("user", "root").set("timeout", "1m"), *plugins);
    CHECK(changed.options().text("user") == "root");
    CHECK(changed.options().integer("port") == 1);
    CHECK(changed.timeout() == 1min);
    CHECK(host.options().text("user") == "lab");

    const auto apply = [&](const Overrides& overrides, bool skip = false) {
        return fault(Errc::usage, [&] { (void)apply_overrides(host, overrides, *plugins, skip); });
    };
    CHECK(apply(Overrides().set("usr", "x")) ==
          "h: unknown option 'usr' for driver 'unix' (did you mean 'user'?)");
    CHECK(apply(Overrides().set("usr", "x"), true) == "no fault");
    CHECK(apply(Overrides().set("port", "x"), true) ==
          "h: option 'port': expected a number from 1 to 65535, not 'x'");
    CHECK(apply(Overrides().set("address", "x")) == "h: 'address' cannot be changed for one call");
    CHECK(apply(Overrides().set("user", Secret::env("U"))) ==
          "h: option 'user': expected a string, not a secret");
    CHECK(apply(Overrides().set("timeout", "0")) ==
          "h: option 'timeout': expected a time span of at least 1ms, not '0'");
}
