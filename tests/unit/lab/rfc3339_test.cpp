#include <reservation/rfc3339.hpp>
#include <support/catch.hpp>

using namespace otto;

TEST_CASE("a time of RFC 3339 is a second of universal time") {
    const auto [text, expected] = GENERATE(table<std::string, std::optional<long>>({
        {"1970-01-01T00:00:00Z", 0},
        {"2026-11-22T18:00:00Z", 1795370400},
        {"2026-11-22t18:00:00z", 1795370400},
        {"2026-11-22 18:00:00Z", 1795370400},
        {"2026-11-22T19:30:00+01:30", 1795370400},
        {"2026-11-22T17:00:00-01:00", 1795370400},
        {"2026-11-22T18:00:00.999Z", 1795370400},
        {"2024-02-29T00:00:00Z", 1709164800},
        {"2016-12-31T23:59:60Z", 1483228800},
        {"2026-02-29T00:00:00Z", std::nullopt},
        {"2026-13-01T00:00:00Z", std::nullopt},
        {"2026-11-22T24:00:00Z", std::nullopt},
        {"2026-11-22T18:60:00Z", std::nullopt},
        {"2026-11-22T18:00:61Z", std::nullopt},
        {"2026-11-22T18:00:00", std::nullopt},
        {"2026-11-22T18:00:00+24:00", std::nullopt},
        {"2026-11-22T18:00:00+0100", std::nullopt},
        {"2026-11-22T18:00:00.Z", std::nullopt},
        {"2026-11-22T18:00Z", std::nullopt},
        {"2026-11-22", std::nullopt},
        {"26-11-22T18:00:00Z", std::nullopt},
        {"2026-11-22T18:00:00Zulu", std::nullopt},
        {"", std::nullopt},
    }));
    CAPTURE(text);
    const auto time = parse_rfc3339(text);
    CHECK(time.has_value() == expected.has_value());
    if (time && expected) CHECK(time->time_since_epoch().count() == *expected);
}
