#include "fake_drivers.hpp"

#include <otto/reservation.hpp>

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <support/catch.hpp>

using namespace otto;
using namespace otto::test;
using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

namespace {

class ReservationFile {
  public:
    explicit ReservationFile(const std::string& text) {
        char name[] = "/tmp/otto-reservations-XXXXXX";
        dir_ = ::mkdtemp(name);
        std::ofstream(path()) << text;
    }
    ReservationFile(const ReservationFile&) = delete;
    ReservationFile& operator=(const ReservationFile&) = delete;
    ~ReservationFile() { std::filesystem::remove_all(dir_); }
    [[nodiscard]] std::string path() const { return dir_ + "/r.json"; }

  private:
    std::string dir_;
};

const std::string skip = " (to go on without reservations: -R/--skip-reservation-check)";

// What a question to a backend on this text says, without the file's name.
std::string fault(const std::string& json) {
    const ReservationFile file(json);
    const auto backend = json_reservation_backend(file.path());
    try {
        (void)backend->reserved_by("ann");
    } catch (const Error& error) {
        CHECK(error.code() == Errc::reservation);
        CHECK(error.advice() == "to go on without reservations: -R/--skip-reservation-check");
        const std::string prefix = "json file " + file.path() + ": ";
        CHECK(error.message().substr(0, prefix.size()) == prefix);
        return error.message().substr(prefix.size());
    }
    return "no fault";
}

struct Scripted : ReservationBackend {
    Texts reserved_by(const std::string&) override { return answer(); }
    Texts holders(const std::string&) override { return {"bob"}; }
    std::string name() override { return "scripted"; }
    std::function<Texts()> answer;
};

Lab rack() {
    return lab_of("resources: [rack3]\nhosts: {a: {driver: local, resources: [power, rack3]}}\n");
}

} // namespace

TEST_CASE("a lab requires its own resources and those of its hosts, each once") {
    CHECK(required_resources(rack()) == Texts{"power", "rack3"});
    CHECK(required_resources(Lab()).empty());
}

TEST_CASE("reservations of a file count until they expire") {
    const ReservationFile file(R"({"version": 1, "reservations": [
        {"user": "ann", "resources": ["rack3", "power"]},
        {"user": "bob", "resources": ["power"], "expires": "2999-01-01T00:00:00Z"},
        {"user": "ann", "resources": ["old"], "expires": "2001-01-01T00:00:00+01:00"}]})");
    const auto backend = json_reservation_backend(file.path());
    CHECK(backend->name() == "json file " + file.path());
    CHECK(backend->reserved_by("ann") == Texts{"power", "rack3"});
    CHECK(backend->reserved_by("eve").empty());
    CHECK(backend->holders("power") == Texts{"ann", "bob"});
    CHECK(backend->holders("old").empty());
    CHECK_NOTHROW(check_reservations(rack(), "ann", *backend));
}

TEST_CASE("a missing reservation names the resources and who holds them, and no way around it") {
    const ReservationFile file(
        R"({"version": 1, "reservations": [{"user": "ann", "resources": ["rack3"]}]})");
    const auto backend = json_reservation_backend(file.path());
    try {
        check_reservations(rack(), "bob", *backend);
        FAIL("no error");
    } catch (const MissingReservationError& error) {
        CHECK(error.code() == Errc::reservation);
        CHECK(std::string(error.what()) ==
              "user 'bob' has not reserved 'power' (nobody has), 'rack3' (held by ann)");
        CHECK(error.missing().size() == 2);
    }
}

TEST_CASE("a lab without resources asks nobody") {
    Scripted backend;
    backend.answer = []() -> Texts { throw std::runtime_error("asked"); };
    CHECK_NOTHROW(check_reservations(lab_of("hosts: {a: {driver: local}}\n"), "ann", backend));
}

TEST_CASE("a file that cannot be understood is told with its place, and how to go on without it") {
    const auto [json, expected] = GENERATE(table<std::string, std::string>({
        {"", "not valid JSON at line 1, column 1"},
        {"{\"version\": 1,\n  oops}", "not valid JSON at line 2, column 3"},
        {"[]", "must be an object such as {\"version\": 1, \"reservations\": []}"},
        {"{}", "'version' is missing, which must be 1"},
        {R"({"version": 2})", "'version' is 2: this otto reads version 1 only"},
        {R"({"version": "1"})", "'version' is no number: this otto reads version 1 only"},
        {R"({"version": 1})", "'reservations' is missing"},
        {R"({"version": 1, "reservations": {}})", "'reservations' must be a list"},
        {R"({"version": 1, "reservation": []})", "unknown key 'reservation' (did you mean 'reservations'?)"},
        {R"({"version": 1, "reservations": [1]})",
         "reservations[0]: must be an object with user, resources and perhaps expires"},
        {R"({"version": 1, "reservations": [{"resources": []}]})", "reservations[0]: 'user' is missing"},
        {R"({"version": 1, "reservations": [{"user": 1}]})", "reservations[0]: 'user' must be a text"},
        {R"({"version": 1, "reservations": [{"user": "a"}]})", "reservations[0]: 'resources' is missing"},
        {R"({"version": 1, "reservations": [{"user": "a", "resources": "x"}]})",
         "reservations[0]: 'resources' must be a list of texts"},
        {R"({"version": 1, "reservations": [{"user": "a", "resources": [], "expire": "x"}]})",
         "reservations[0]: unknown key 'expire' (did you mean 'expires'?)"},
        {R"({"version": 1, "reservations": [{"user": "a", "resources": [], "expires": "tomorrow"}]})",
         "reservations[0]: 'expires' is 'tomorrow', not a time like 2026-11-22T18:00:00Z (RFC 3339)"},
        {std::string(200000, '['), "not valid JSON at line 1, column 200001"},
        {"{\"version\": " + std::string(100000, '[') + std::string(100000, ']') + "}",
         "'version' is no number: this otto reads version 1 only"},
    }));
    CHECK(fault(json) == expected);
}

TEST_CASE("a file that cannot be read is a failure of the backend, not a missing reservation") {
    const auto backend = json_reservation_backend("/no/such.json");
    CHECK_THROWS_WITH(check_reservations(rack(), "ann", *backend),
                      "json file /no/such.json: cannot be read: No such file or directory" + skip);
    CHECK_THROWS_WITH(check_reservations(rack(), "ann", *json_reservation_backend("/dev/zero")),
                      "json file /dev/zero: cannot be read: not a regular file" + skip);
}

TEST_CASE("a backend that throws cannot let anybody through") {
    auto scripted = std::make_unique<Scripted>();
    scripted->answer = []() -> Texts { throw std::runtime_error("no route"); };
    CHECK_THROWS_WITH(check_reservations(rack(), "ann", *scripted),
                      "the reservation backend failed: no route" + skip);
    const auto bounded = bounded_backend(std::move(scripted));
    CHECK_THROWS_WITH(check_reservations(rack(), "ann", *bounded), "scripted: no route" + skip);
}

TEST_CASE("a backend that does not answer is left behind, alive, on its own thread") {
    std::promise<void> release;
    std::promise<void> finished;
    auto scripted = std::make_unique<Scripted>();
    scripted->answer = [&, gate = release.get_future().share()]() -> Texts {
        gate.wait();
        finished.set_value();
        return {};
    };
    {
        const auto backend = bounded_backend(std::move(scripted), 50ms);
        CHECK_THROWS_WITH(check_reservations(rack(), "ann", *backend),
                          "scripted did not answer within 50ms" + skip);
    }
    release.set_value();
    CHECK(finished.get_future().wait_for(10s) == std::future_status::ready);
}

TEST_CASE("the lab names its backend") {
    CHECK(reservation_backend(lab_of("hosts: {}\n")) == nullptr);
    const auto json = reservation_backend(lab_of("reservations: {backend: json, file: r.json}\n"));
    CHECK(json->name() == "json file " + (std::filesystem::current_path() / "r.json").string());
    CHECK_THROWS_WITH(
        reservation_backend(lab_of("reservations: {backend: calendar}\n")),
        "x.yaml:2:1: reservation backend 'calendar' is unknown: 'json' is built in, and no plugin brings it" +
            skip);
}

TEST_CASE("the user is the login name of the process's user id, whatever the environment says") {
    ::setenv("USER", "mallory", 1);
    ::setenv("LOGNAME", "mallory", 1);
    CHECK(current_user() == ::getpwuid(::getuid())->pw_name);
}
