#include <otto/option.hpp>

#include <support/catch.hpp>

using namespace otto;
using namespace std::chrono_literals;

TEST_CASE("a time span is a plain number with a unit, and nothing else") {
    const auto [text, expected] = GENERATE(table<std::string, std::optional<Duration>>({
        {"5s", 5s},
        {"250ms", 250ms},
        {"1.5m", 90s},
        {"2h", 2h},
        {"3", 3s},
        {"0", 0s},
        {"0.0004s", 0ms},
        {"", std::nullopt},
        {"s", std::nullopt},
        {"-1s", std::nullopt},
        {"+1s", std::nullopt},
        {"nan", std::nullopt},
        {"nans", std::nullopt},
        {"inf", std::nullopt},
        {"infs", std::nullopt},
        {"1e3s", std::nullopt},
        {"0x10", std::nullopt},
        {" 1s", std::nullopt},
        {"1s ", std::nullopt},
        {"1 s", std::nullopt},
        {"1S", std::nullopt},
        {".5s", std::nullopt},
        {"5.s", std::nullopt},
        {"1.2.3s", std::nullopt},
        {"1d", std::nullopt},
        {"99999999999999999999h", std::nullopt},
        {std::string(400, '9'), std::nullopt},
    }));
    CAPTURE(text);
    CHECK(parse_duration(text) == expected);
}

TEST_CASE("a size is a whole number of bytes") {
    const auto [text, expected] = GENERATE(table<std::string, std::optional<std::uint64_t>>({
        {"4096", 4096},
        {"0", 0},
        {"10B", 10},
        {"64KiB", 65536},
        {"16MiB", 16777216},
        {"1GiB", 1073741824},
        {"1.5KiB", 1536},
        {"9223372036854775807", 9223372036854775807},
        {"0.3KiB", std::nullopt},
        {"-1", std::nullopt},
        {"64KB", std::nullopt},
        {"64k", std::nullopt},
        {"nan", std::nullopt},
        {"inf", std::nullopt},
        {"", std::nullopt},
        {"KiB", std::nullopt},
        {"99999999999GiB", std::nullopt},
        {"9223372036854775808", std::nullopt},
    }));
    CAPTURE(text);
    CHECK(parse_size(text) == expected);
}

TEST_CASE("a time span is written as a person would") {
    CHECK(format_duration(0ms) == "0s");
    CHECK(format_duration(250ms) == "250ms");
    CHECK(format_duration(1500ms) == "1.5s");
    CHECK(format_duration(1007ms) == "1.007s");
    CHECK(format_duration(30s) == "30s");
    CHECK(format_duration(120s) == "2m");
    CHECK(format_duration(2h) == "2h");
    CHECK(format_duration(unbounded) == "unbounded");
    CHECK(parse_duration(format_duration(12345ms)) == 12345ms);
}

TEST_CASE("the nearest name is a slip away, or there is none") {
    const std::vector<std::string> names = {"port", "user", "password", "identity_file", "keepalive"};
    CHECK(nearest_name("prot", names) == "port");
    CHECK(nearest_name("Port", names) == "port");
    CHECK(nearest_name("pasword", names) == "password");
    CHECK(nearest_name("identity-file", names) == "identity_file");
    CHECK(nearest_name("usr", names) == "user");
    CHECK(nearest_name("banana", names) == std::nullopt);
    CHECK(nearest_name("", names) == std::nullopt);
    CHECK(nearest_name("x", {"y"}) == std::nullopt);
    CHECK(nearest_name(std::string(100000, 'a'), names) == std::nullopt);
}

TEST_CASE("a place is written as editors read it") {
    CHECK(to_string(SourceMark{"labs/x.yaml", 12, 7}) == "labs/x.yaml:12:7");
    CHECK(to_string(SourceMark{"labs/x.yaml", 0, 0}) == "labs/x.yaml");
}

TEST_CASE("values are read as what the table says, and a driver's slip is a bug of the driver") {
    OptionValues values;
    values.set("port", std::int64_t{22}, SourceMark{"x.yaml", 3, 5});
    values.set("user", std::string("lab"));
    values.set("limit", std::int64_t{4096});
    CHECK(values.has("port"));
    CHECK_FALSE(values.has("prot"));
    CHECK(values.integer("port") == 22);
    CHECK(values.size("limit") == 4096);
    CHECK(values.text("user") == "lab");
    CHECK(values.optional_text("shell") == std::nullopt);
    CHECK(values.mark("port").line == 3);
    CHECK(values.mark("user").line == 0);
    CHECK(values.names() == std::vector<std::string>{"limit", "port", "user"});
    CHECK_THROWS_WITH(values.text("prot"), Catch::Contains("'prot'"));
    CHECK_THROWS_WITH(values.text("port"), Catch::Contains("another kind"));
    values.erase("port");
    CHECK_FALSE(values.has("port"));
}
