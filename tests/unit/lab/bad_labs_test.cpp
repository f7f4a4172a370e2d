#include "fake_drivers.hpp"

#include <filesystem>
#include <fstream>
#include <support/catch.hpp>

using namespace otto;
using namespace otto::test;

namespace {

// The bad labs beside this one; each tells in its first line what is to be said about it: "# expect:
// LINE:COL: text".
std::vector<std::filesystem::path> labs_in(const std::string& directory) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(OTTO_SOURCE_DIR "/tests/labs/" + directory))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    REQUIRE(files.size() > 10);
    return files;
}

void check(const std::filesystem::path& file) {
    CAPTURE(file.filename().string());
    const std::string prefix = "# expect: ";
    std::string expected;
    std::getline(std::ifstream(file) >> std::ws, expected);
    REQUIRE(expected.substr(0, prefix.size()) == prefix);
    expected.erase(0, prefix.size());
    try {
        (void)load_lab(file.string(), with_fakes());
        FAIL_CHECK("no fault");
    } catch (const LabError& error) {
        REQUIRE(error.faults().size() == 1);
        const LabFault& fault = error.faults().front();
        CHECK(fault.mark.file == file.string());
        const std::string told =
            std::to_string(fault.mark.line) + ":" + std::to_string(fault.mark.column) + ": " + fault.message;
        CHECK_THAT(told, Catch::StartsWith(expected));
    }
}

} // namespace

TEST_CASE("each bad lab gets the one message that it expects") {
    for (const auto& file : labs_in("bad"))
        check(file);
    for (const auto& file : labs_in("bad-beyond-schema"))
        check(file);
}
