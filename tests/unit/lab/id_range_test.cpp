#include <otto/error.hpp>

#include <lab/id_range.hpp>
#include <support/catch.hpp>

using namespace otto;
using Texts = std::vector<std::string>;

namespace {

Texts all(std::string_view text) {
    const IdRange range(text);
    Texts ids;
    for (std::size_t i = 0; i < range.size(); ++i)
        ids.push_back(range[i].text);
    return ids;
}

std::string fault(std::string_view text) {
    try {
        (void)all(text);
    } catch (const Error& error) {
        return error.message();
    }
    return "no fault";
}

} // namespace

TEST_CASE("a range in an id is many ids, leading zeros kept") {
    CHECK(all("edge1") == Texts{"edge1"});
    CHECK(all("w[1-3]") == Texts{"w1", "w2", "w3"});
    CHECK(all("w[08-11]") == Texts{"w08", "w09", "w10", "w11"});
    CHECK(all("w[1,3-4,10]") == Texts{"w1", "w3", "w4", "w10"});
    CHECK(all("w[03]") == Texts{"w03"});
    CHECK(all("[1-2]") == Texts{"1", "2"});
}

TEST_CASE("several ranges count like an odometer") {
    CHECK(all("r[1-2]s[01-02]x") == Texts{"r1s01x", "r1s02x", "r2s01x", "r2s02x"});
    CHECK(IdRange("r[1-2]s[01-02]")[2].numbers == Texts{"2", "01"});
    CHECK(IdRange("a[1-100]b[1-1000]").size() == 100000);
}

TEST_CASE("a range that makes no sense is refused") {
    CHECK(fault("w[3-1]") == "range [3-1] runs backwards");
    CHECK(fault("w[1-3") == "'w[1-3': '[' without ']'");
    CHECK(fault("w1]") == "a host id is made of letters, digits and . _ -, not of 'w1]'");
    CHECK(fault("w[]") == "'' is no number of a range: write [1-40] or [1,3-5]");
    CHECK(fault("w[a-b]") == "'a' is no number of a range: write [1-40] or [1,3-5]");
    CHECK(fault("w[1-]") == "'' is no number of a range: write [1-40] or [1,3-5]");
    CHECK(fault("w[1,]") == "'' is no number of a range: write [1-40] or [1,3-5]");
    CHECK(fault("w[-1]") == "'' is no number of a range: write [1-40] or [1,3-5]");
    CHECK(fault("w[1-9999999999]") == "'9999999999' is no number of a range: write [1-40] or [1,3-5]");
    CHECK(fault("w[01-9]") == "the ends of range [01-9] differ in their leading zeros");
    CHECK(fault("w[1-09]") == "the ends of range [1-09] differ in their leading zeros");
    CHECK(fault("w[1-100001]") == "more than 100,000 hosts in one range");
    CHECK(fault("w[1-1000]x[1-1000]") == "more than 100,000 hosts in one range");
    CHECK(fault("w[1-999999999]") == "more than 100,000 hosts in one range");
    CHECK(fault("") == "a host id is made of letters, digits and . _ -, not of ''");
    CHECK(fault(".") == "a host id is made of letters, digits and . _ -, not of '.'");
    CHECK(fault("a/b") == "a host id is made of letters, digits and . _ -, not of 'a/b'");
}

TEST_CASE("placeholders stand for the numbers of the id") {
    const Texts numbers = {"007", "12"};
    CHECK(expand_placeholders("10.{1}.{2}.{1:d}", numbers) == "10.007.12.7");
    CHECK(expand_placeholders("{1:d}", {"000"}) == "0");
    CHECK(expand_placeholders("{a} {} {1 {2:x} { {12", numbers) == "{a} {} {1 {2:x} { {12");
    CHECK_THROWS_WITH(expand_placeholders("{3}", numbers), Catch::Contains("no range number 3"));
    CHECK_THROWS_WITH(expand_placeholders("{0}", numbers), Catch::Contains("no range number 0"));
    CHECK_THROWS_WITH(expand_placeholders("{99999999999999999999}", numbers),
                      Catch::Contains("no range number"));
}
