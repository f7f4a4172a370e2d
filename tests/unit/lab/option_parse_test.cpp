#include <otto/option.hpp>

#include <cstdlib>
#include <filesystem>
#include <support/catch.hpp>

using namespace otto;
using namespace std::chrono_literals;

namespace {

OptionSpec row(OptionKind kind, const char* range = "") {
    return {"x", kind, false, nullptr, range, "help"};
}

std::string fault(const OptionSpec& spec, std::string_view text) {
    try {
        (void)parse_option(spec, text);
    } catch (const Error& error) {
        CHECK(error.code() == Errc::lab);
        return error.message();
    }
    return "no fault";
}

} // namespace

TEST_CASE("each kind of option has its text") {
    CHECK(std::get<bool>(parse_option(row(OptionKind::boolean), "true")));
    CHECK_FALSE(std::get<bool>(parse_option(row(OptionKind::boolean), "false")));
    CHECK(std::get<std::int64_t>(parse_option(row(OptionKind::integer), "-7")) == -7);
    CHECK(std::get<double>(parse_option(row(OptionKind::number), "0.5")) == 0.5);
    CHECK(std::get<std::string>(parse_option(row(OptionKind::string), "01")) == "01");
    CHECK(std::get<Duration>(parse_option(row(OptionKind::duration), "1.5s")) == 1500ms);
    CHECK(std::get<std::int64_t>(parse_option(row(OptionKind::size), "64KiB")) == 65536);
    CHECK(std::get<std::string>(parse_option(row(OptionKind::choice, "a|b"), "b")) == "b");
    CHECK(std::get<std::vector<std::string>>(parse_option(row(OptionKind::string_list), "one, two")) ==
          std::vector<std::string>{"one, two"});
    CHECK(std::get<std::map<std::string, std::string>>(
              parse_option(row(OptionKind::string_map), "A=1,B=x=y")) ==
          std::map<std::string, std::string>{{"A", "1"}, {"B", "x=y"}});
    const auto secret = parse_option(row(OptionKind::secret), "hunter2");
    CHECK(std::get<Secret>(secret).kind() == Secret::Kind::literal);
}

TEST_CASE("a path is absolute once it is read") {
    CHECK(std::get<std::string>(parse_option(row(OptionKind::path), "/a/../b")) == "/b");
    CHECK(std::get<std::string>(parse_option(row(OptionKind::path), "k")) ==
          (std::filesystem::current_path() / "k").string());
    ::setenv("HOME", "/home/lab", 1);
    CHECK(std::get<std::string>(parse_option(row(OptionKind::path), "~/.ssh/id")) == "/home/lab/.ssh/id");
    CHECK(std::get<std::string>(parse_option(row(OptionKind::path), "~")) == "/home/lab");
}

TEST_CASE("what the table does not allow is refused with what it allows") {
    CHECK(fault(row(OptionKind::boolean), "yes") == "expected true or false, not 'yes'");
    CHECK(fault(row(OptionKind::integer), "2x") == "expected a whole number, not '2x'");
    CHECK(fault(row(OptionKind::integer), "") == "expected a whole number, not ''");
    CHECK(fault(row(OptionKind::integer, "1..65535"), "0") == "expected a number from 1 to 65535, not '0'");
    CHECK(fault(row(OptionKind::integer, "1..65535"), "65536") ==
          "expected a number from 1 to 65535, not '65536'");
    CHECK(fault(row(OptionKind::integer, "1.."), "0") == "expected a number of at least 1, not '0'");
    CHECK(fault(row(OptionKind::integer, "..9"), "10") == "expected a number of at most 9, not '10'");
    CHECK(fault(row(OptionKind::integer), "9223372036854775808") ==
          "expected a whole number, not '9223372036854775808'");
    CHECK(fault(row(OptionKind::number, "0..1"), "1.5") == "expected a number from 0 to 1, not '1.5'");
    CHECK(fault(row(OptionKind::number), "nan") == "expected a number, not 'nan'");
    CHECK(fault(row(OptionKind::number), "inf") == "expected a number, not 'inf'");
    CHECK(fault(row(OptionKind::duration), "soon") ==
          "expected a time span such as 250ms, 5s or 2m, not 'soon'");
    CHECK(fault(row(OptionKind::duration, "100ms..1h"), "50ms") ==
          "expected a time span from 100ms to 1h, not '50ms'");
    CHECK(fault(row(OptionKind::size, "1KiB..1MiB"), "2MiB") ==
          "expected a size from 1KiB to 1MiB, not '2MiB'");
    CHECK(fault(row(OptionKind::choice, "strict|accept-new|off"), "of") ==
          "expected strict, accept-new or off, not 'of'");
    CHECK(fault(row(OptionKind::path), "") == "expected a path, not ''");
    CHECK(fault(row(OptionKind::string_map), "A") == "expected a mapping of texts, not 'A'");
}

TEST_CASE("the ends of a range belong to it") {
    CHECK(std::get<std::int64_t>(parse_option(row(OptionKind::integer, "1..65535"), "1")) == 1);
    CHECK(std::get<std::int64_t>(parse_option(row(OptionKind::integer, "1..65535"), "65535")) == 65535);
    CHECK(std::get<Duration>(parse_option(row(OptionKind::duration, "100ms..1h"), "1h")) == 1h);
}
