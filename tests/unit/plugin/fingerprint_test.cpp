#include <otto/fingerprint.hpp>

#include <plugin/fingerprint_compare.hpp>
#include <support/catch.hpp>

using namespace otto;

TEST_CASE("a note is taken apart into the fingerprint and what the file brings") {
    const auto note = parse_note(
        "abi=1\nsan=none\nplugin=acme\nversion=1.4.0\ndrivers=ios,ios-xe\nbackends=\ntools=keys\nnew=1\n");
    CHECK(note.fingerprint == "abi=1\nsan=none\n");
    CHECK(note.plugin == "acme");
    CHECK(note.version == "1.4.0");
    CHECK(note.drivers == std::vector<std::string>{"ios", "ios-xe"});
    CHECK(note.backends.empty());
    CHECK(note.tools == std::vector<std::string>{"keys"});
    CHECK(parse_note("").fingerprint.empty());
    CHECK(parse_note("abi=1").fingerprint == "abi=1");
}

TEST_CASE("equal fingerprints do not differ") {
    CHECK(compare_fingerprints(OTTO_FINGERPRINT, OTTO_FINGERPRINT).empty());
}

TEST_CASE("only the differing keys are listed, with both sides, also keys that one side lacks") {
    const auto differences = compare_fingerprints("abi=1\nboost=107400\nsan=none\nextra=1\n",
                                                  "abi=1\nboost=108100\nsan=address\neh=1\n");
    CHECK(format_differences(differences) == "           plugin                otto\n"
                                             "  boost    107400  (1.74)        108100  (1.81)\n"
                                             "  san      none                  address\n"
                                             "  eh       (none)                1\n"
                                             "  extra    1                     (none)");
}

TEST_CASE("the plugin's sdk may be older within a major version, not newer") {
    const auto fits = [](const char* plugin, const char* otto) {
        return compare_fingerprints("sdk=" + std::string(plugin) + "\n", "sdk=" + std::string(otto) + "\n")
            .empty();
    };
    CHECK(fits("0.3.0", "0.3.0"));
    CHECK(fits("0.2.9", "0.3.0"));
    CHECK(fits("0.3.7", "0.3.0"));
    CHECK_FALSE(fits("0.4.0", "0.3.0"));
    CHECK(fits("0.9.0", "0.10.0"));
    CHECK_FALSE(fits("0.3.0", "1.3.0"));
    CHECK_FALSE(fits("1.0.0", "0.3.0"));
    CHECK_FALSE(fits("new", "0.3.0"));
    CHECK_FALSE(fits("", "0.3.0"));
}

TEST_CASE("the remedy names what differs") {
    const auto remedy = [](const char* plugin, const char* otto) {
        return remedy_for(compare_fingerprints(plugin, otto));
    };
    CHECK(remedy("san=none\n", "san=address\n").find("with the same sanitizer") != std::string::npos);
    CHECK(remedy("san=thread\n", "san=none\n").find("without the sanitizer") != std::string::npos);
    CHECK(remedy("sdk=9.0.0\n", "sdk=0.1.0\n").starts_with("update otto"));
    CHECK(remedy("boost=107400\n", "boost=108100\n") == "rebuild it against otto-sdk " OTTO_SDK_VERSION);
}
