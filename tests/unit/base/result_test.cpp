#include "host/command_recorder.hpp"

#include <otto/result.hpp>

#include <sstream>
#include <support/catch.hpp>

using otto::CommandExit;
using otto::CommandResult;
using otto::Duration;
using otto::Errc;
using otto::Error;
using otto::HostResult;
using otto::Status;
using otto::StatusSource;

namespace {

CommandResult ended(const CommandExit& exit, std::string output = {}, std::string error_output = {},
                    std::optional<Error> error = {}) {
    return otto::ResultBuilder::command("cmd", exit, std::move(output), std::move(error_output),
                                        std::move(error), 0, "", std::chrono::system_clock::time_point(),
                                        Duration(7));
}

CommandResult exited(int status, std::string output = {}, std::string error_output = {}) {
    return ended(CommandExit::exited(status, StatusSource::reported), std::move(output),
                 std::move(error_output));
}

CommandResult killed() {
    return ended(CommandExit::signalled("KILL", StatusSource::reported));
}

CommandResult broken() {
    return ended(CommandExit(), "half", "", Error(Errc::timed_out, "cut off").host("web07"));
}

HostResult host(std::vector<CommandResult> commands, std::optional<Error> error = {}) {
    return HostResult("web07", std::move(commands), std::move(error), Duration(9));
}

template <class T>
std::string printed(const T& value) {
    std::ostringstream out;
    out << value;
    return out.str();
}

} // namespace

TEST_CASE("statuses are ordered from best to worst and have names") {
    CHECK(Status::success < Status::not_run);
    CHECK(Status::not_run < Status::failed);
    CHECK(Status::failed < Status::error);
    CHECK(to_string(Status::success) == "success");
    CHECK(to_string(Status::not_run) == "not-run");
    CHECK(to_string(Status::failed) == "failed");
    CHECK(to_string(Status::error) == "error");
    CHECK(to_string(StatusSource::unknown) == "unknown");
    CHECK(to_string(StatusSource::reported) == "reported");
    CHECK(to_string(StatusSource::marker) == "marker");
}

TEST_CASE("a command that was not run has no result to read") {
    const CommandResult result("reboot");
    CHECK(result.command() == "reboot");
    CHECK(result.status() == Status::not_run);
    CHECK_FALSE(result.ok());
    CHECK_FALSE(result.timed_out());
    CHECK_THROWS_AS(result.exit_status(), otto::NotRun);
    CHECK_THROWS_AS(result.signal(), otto::NotRun);
    CHECK_THROWS_AS(result.source(), otto::NotRun);
    CHECK_THROWS_AS(result.output(), otto::NotRun);
    CHECK_THROWS_AS(result.error_output(), otto::NotRun);
    CHECK_THROWS_AS(result.text(), otto::NotRun);
    CHECK_THROWS_WITH(result.check(), "'reboot' was not run, so it has no result");
}

TEST_CASE("a command's status follows from how it ended") {
    CHECK(exited(0).status() == Status::success);
    CHECK(exited(1).status() == Status::failed);
    CHECK(exited(255).exit_status() == 255);
    CHECK(killed().status() == Status::failed);
    CHECK(killed().signal() == "KILL");
    CHECK_FALSE(killed().exit_status());
    CHECK(broken().status() == Status::error);
    CHECK(broken().timed_out());
    CHECK(broken().output() == "half");

    // A status of 0 does not hide that the command could not be finished.
    const auto success = CommandExit::exited(0, StatusSource::marker);
    CHECK(ended(success, "", "", Error(Errc::closed, "gone")).status() == Status::error);

    const CommandResult untold = ended(CommandExit());
    CHECK(untold.status() == Status::error);
    CHECK(untold.error()->code() == Errc::protocol);
}

TEST_CASE("text() is the output decoded, without its last line end") {
    CHECK(exited(0, "Linux\n").text() == "Linux");
    CHECK(exited(0, "Linux\r\n").text() == "Linux");
    CHECK(exited(0, "a\n\n").text() == "a\n");
    CHECK(exited(0, "").text().empty());
    CHECK(exited(0, "\xff\n").text() == "\xef\xbf\xbd");
    CHECK(exited(0, "\xff\n").output() == "\xff\n");
}

TEST_CASE("check() passes success and throws everything else") {
    const CommandResult good = exited(0, "Linux\n");
    CHECK(&good.check() == &good);
    CHECK_THROWS_WITH(exited(3).check(), "'cmd' ended with status 3");
    CHECK_THROWS_WITH(exited(3, "one\ntwo\n").check(), "'cmd' ended with status 3: two");
    CHECK_THROWS_WITH(exited(3, "one\n", "no such file\r\n").check(),
                      "'cmd' ended with status 3: no such file");
    CHECK_THROWS_WITH(killed().check(), "'cmd' ended by signal KILL");
    CHECK_THROWS_WITH(broken().check(), "web07: cut off");
    try {
        exited(3).check();
    } catch (const Error& error) {
        CHECK(error.code() == Errc::protocol);
    }
}

TEST_CASE("a result is printed as one line") {
    CHECK(printed(CommandResult("reboot")) == "not-run");
    CHECK(printed(exited(0)) == "success");
    CHECK(printed(exited(0, "one\nLinux\n")) == "success: Linux");
    CHECK(printed(exited(0, "\x1b[31mred\r\n")) == "success: \\x1b[31mred");
    CHECK(printed(exited(3)) == "failed (ended with status 3)");
    CHECK(printed(exited(3, "why\n")) == "failed (ended with status 3): why");
    CHECK(printed(killed()) == "failed (ended by signal KILL)");
    CHECK(printed(broken()) == "error (timed-out): web07: cut off");

    CHECK(printed(host({exited(0, "Linux\n")})) == "success: Linux");
    CHECK(printed(host({exited(0), exited(3)})) == "failed; success; failed (ended with status 3)");
    CHECK(printed(host({}, Error(Errc::unreachable, "refused"))) == "error (unreachable): refused");
}

TEST_CASE("a host's status is the worst of its commands, and its error the first") {
    CHECK(host({}).status() == Status::success);
    CHECK(host({exited(0), exited(0)}).ok());
    CHECK(host({exited(0), CommandResult("late")}).status() == Status::not_run);
    CHECK(host({exited(0), exited(1), CommandResult("late")}).status() == Status::failed);
    CHECK(host({exited(1), broken(), exited(0)}).status() == Status::error);
    CHECK(host({exited(0), broken()}).error()->code() == Errc::timed_out);
    CHECK(host({broken()}, Error(Errc::closed, "gone")).error()->code() == Errc::closed);
}

TEST_CASE("a fleet's result is the worst of its hosts, found by their ids") {
    std::vector<otto::FleetResult::Entry> entries;
    entries.emplace_back("b", host({exited(0)}));
    entries.emplace_back("a", host({exited(1)}));
    const otto::FleetResult fleet(entries);
    CHECK(fleet.size() == 2);
    CHECK(fleet.begin()->first == "b");
    CHECK(fleet.status() == Status::failed);
    CHECK_FALSE(fleet.ok());
    CHECK(fleet.at("b").ok());
    CHECK_THROWS_WITH(fleet.at("c"), "host 'c' was not part of this call");
    CHECK(otto::FleetResult().ok());
}
