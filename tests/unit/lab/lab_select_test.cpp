#include "fake_drivers.hpp"

#include <lab/host_pattern.hpp>
#include <support/catch.hpp>

using namespace otto;
using namespace otto::test;
using Ids = std::vector<std::string>;

namespace {

const Lab& farm() {
    static const Lab lab = lab_of("defaults: {driver: local}\n"
                                  "groups: {routers: {tags: core}, spare: {}}\n"
                                  "hosts:\n"
                                  "  web[01-12]: {tags: [www]}\n"
                                  "  db1: {tags: [sql]}\n"
                                  "  r[1-2]: {group: routers}\n");
    return lab;
}

std::string fault(std::string_view pattern) {
    try {
        (void)farm().select(pattern);
    } catch (const Error& error) {
        CHECK(error.code() == Errc::usage);
        return error.message();
    }
    return "no fault";
}

} // namespace

TEST_CASE("a pattern selects ids in the order of the lab") {
    const auto [pattern, expected] = GENERATE(table<std::string, Ids>({
        {"db1", {"db1"}},
        {"r2,db1,r2", {"db1", "r2"}},
        {" r1 , r2 ", {"r1", "r2"}},
        {"web0[1-2]", {"web01", "web02"}},
        {"web[01-02,12]", {"web01", "web02", "web12"}},
        {"web[11-20]", {"web11", "web12"}},
        {"web1*", {"web10", "web11", "web12"}},
        {"web?1", {"web01", "web11"}},
        {"?[1-2]", {"r1", "r2"}},
        {"@routers", {"r1", "r2"}},
        {"@core,@sql", {"db1", "r1", "r2"}},
        {"@www,!web[01-11]", {"web12"}},
        {"!web*", {"db1", "r1", "r2"}},
        {"!web*,!@routers", {"db1"}},
        {"!web01,web0[1-2]", {"web02"}},
    }));
    CAPTURE(pattern);
    CHECK(farm().select(pattern) == expected);
    CHECK(farm().select("*").size() == 15);
}

TEST_CASE("a term that selects nothing is an error that guesses what was meant") {
    CHECK(fault("web1") == "'web1' selects no host of the lab (did you mean 'web01'?)");
    CHECK(fault("db1,bd1") == "'bd1' selects no host of the lab (did you mean 'db1'?)");
    CHECK(fault("@router") == "'@router' selects no host of the lab (did you mean 'routers'?)");
    CHECK(fault("@db1") == "'@db1' selects no host of the lab ('db1' is a host: leave out the @)");
    CHECK(fault("@spare") == "'@spare' selects no host of the lab");
    CHECK(fault("!nobody") == "'nobody' selects no host of the lab");
    CHECK(fault("") == "pattern '' has an empty term");
    CHECK(fault("db1,") == "pattern 'db1,' has an empty term");
    CHECK(fault("!") == "pattern '!' has an empty term");
    CHECK(fault("db1,!db1") == "pattern 'db1,!db1' takes away every host it selects");
    CHECK(fault("web[1-") == "pattern 'web[1-': 'web[1-': '[' without ']'");
    CHECK(fault("web[2-1]") == "pattern 'web[2-1]': range [2-1] runs backwards");
    CHECK(fault("^web.*$") ==
          "pattern '^web.*$': a host id is made of letters, digits and . _ -, not of '^web.*$'");
}

TEST_CASE("a glob matches the whole text, and many stars cost nothing") {
    CHECK(glob_match("", ""));
    CHECK(glob_match("*", ""));
    CHECK(glob_match("a*c", "abc"));
    CHECK(glob_match("a**c", "ac"));
    CHECK(glob_match("*b*d", "abcd"));
    CHECK_FALSE(glob_match("a", "ab"));
    CHECK_FALSE(glob_match("b", "ab"));
    CHECK_FALSE(glob_match("?", ""));
    CHECK_FALSE(glob_match("a*a*a*a*a*a*a*a*a*b", std::string(5000, 'a')));
}
