#include "arguments.hpp"

#include <support/catch.hpp>

using namespace otto::cli;
using namespace std::chrono_literals;

namespace {

Request parse(std::vector<std::string> arguments) {
    return parse_arguments(arguments);
}

// What the user reads; empty if nothing was wrong.
std::string fault(std::vector<std::string> arguments) {
    try {
        parse_arguments(arguments);
        return {};
    } catch (const otto::Error& error) {
        CHECK(error.code() == otto::Errc::usage);
        return error.what();
    }
}

using Words = std::vector<std::string>;

} // namespace

TEST_CASE("each argument of run and exec is one command, whatever it looks like") {
    CHECK(parse({"run", "uname -a", "id"}).commands == Words{"uname -a", "id"});
    CHECK(parse({"run", "[ -f /etc/passwd ]"}).commands == Words{"[ -f /etc/passwd ]"});
    CHECK(parse({"run", "[a,b]", "hosts", "check", ""}).commands == Words{"[a,b]", "hosts", "check", ""});
    CHECK(parse({"exec", "run"}).commands == Words{"run"});
    CHECK(parse({"exec", "run"}).verb == Verb::exec);
    CHECK(parse({"run", "--", "-x", "--hosts"}).commands == Words{"-x", "--hosts"});
}

TEST_CASE("options stand before or after the command") {
    for (const auto& arguments : {Words{"-l", "rack", "-n", "--format", "json", "run", "id"},
                                  Words{"run", "-l", "rack", "id", "-n", "--format=json"},
                                  Words{"run", "id", "--lab", "rack", "--dry-run", "--format", "json"}}) {
        const Request request = parse(arguments);
        CHECK(request.verb == Verb::run);
        CHECK(request.labs == Words{"rack"});
        CHECK(request.dry_run);
        CHECK(request.format == Format::json);
        CHECK(request.commands == Words{"id"});
    }
}

TEST_CASE("every option reaches the request") {
    const Request r = parse({"-l",
                             "a+b",
                             "-l",
                             "c",
                             "--lab-path",
                             "p",
                             "--plugin-dir",
                             "q",
                             "--hosts",
                             "web*",
                             "-o",
                             "user=root",
                             "--option",
                             "port=2=2",
                             "--env",
                             "A=1",
                             "--timeout",
                             "1500ms",
                             "--fanout",
                             "7",
                             "--stop",
                             "--output-limit",
                             "64KiB",
                             "--log-dir",
                             "logs",
                             "--reservations",
                             "r.json",
                             "--as-user",
                             "ann",
                             "-R",
                             "-v",
                             "-v",
                             "-q",
                             "exec",
                             "id"});
    CHECK(r.labs == Words{"a+b", "c"});
    CHECK(r.lab_paths.at(0) == "p");
    CHECK(r.plugin_dirs.at(0) == "q");
    CHECK(r.pattern == "web*");
    CHECK(r.options.at(0) == std::pair<std::string, std::string>("user", "root"));
    CHECK(r.options.at(1) == std::pair<std::string, std::string>("port", "2=2"));
    CHECK(r.env.at(0) == std::pair<std::string, std::string>("A", "1"));
    CHECK(r.timeout == 1500ms);
    CHECK(r.fanout == 7);
    CHECK(r.stop);
    CHECK(r.output_limit == 65536u);
    CHECK(r.log_dir->string() == "logs");
    CHECK(r.reservations->string() == "r.json");
    CHECK(r.as_user == "ann");
    CHECK(r.skip_reservations);
    CHECK(r.verbosity == 2);
    CHECK(r.quiet);
    CHECK(parse({"--serial", "run", "id"}).fanout == 1);
    CHECK(parse({"run", "--script", "setup.sh"}).scripts.at(0) == "setup.sh");
}

TEST_CASE("an unexpected option in a command comes with the way to write it") {
    CHECK_THAT(fault({"run", "uname", "-a"}),
               Catch::Contains("unexpected option '-a'") && Catch::Contains("quote it: otto run 'uname -a'"));
    CHECK_THAT(fault({"run", "ls", "-la", "/tmp"}), Catch::Contains("quote it: otto run 'ls -la /tmp'"));
    CHECK_THAT(fault({"run", "ls", "--all"}), Catch::Contains("quote it: otto run 'ls --all'"));
    CHECK_THAT(fault({"-l", "rack", "exec", "ping", "-5", "x"}),
               Catch::Contains("quote it: otto exec 'ping -5 x'"));
    CHECK_THAT(fault({"host", "web01", "run", "uname", "-a"}),
               Catch::Contains("quote it: otto host web01 run 'uname -a'"));
    CHECK_THAT(fault({"--what", "run", "id"}), Catch::Contains("unexpected option '--what'"));
}

TEST_CASE("whatever cannot be parsed is a usage error") {
    CHECK(!fault({}).empty());
    CHECK(!fault({"run"}).empty());
    CHECK(!fault({"run", "-l"}).empty());
    CHECK(!fault({"run", "id", "--timeout", "soon"}).empty());
    CHECK(!fault({"run", "id", "--timeout", "-1s"}).empty());
    CHECK(!fault({"run", "id", "--timeout", "0"}).empty());
    CHECK(!fault({"run", "id", "--timeout", "1s", "--timeout", "2s"}).empty());
    CHECK(!fault({"run", "id", "--fanout", "0"}).empty());
    CHECK(!fault({"run", "id", "--fanout", "99999999999999999999"}).empty());
    CHECK(!fault({"run", "id", "--fanout", "2", "--serial"}).empty());
    CHECK(!fault({"run", "id", "--output-limit", "many"}).empty());
    CHECK(!fault({"run", "id", "--format", "xml"}).empty());
    CHECK(!fault({"run", "id", "--env", "A"}).empty());
    CHECK(!fault({"run", "id", "-o", "=x"}).empty());
    CHECK(!fault({"run", "id", "--script", "f"}).empty());
    CHECK(!fault({"put", "one"}).empty());
    CHECK(!fault({"check", "web01"}).empty());
    CHECK(!fault({"lab"}).empty());
    CHECK(!fault({"lab", "chek", "x.yaml"}).empty());
    CHECK(!fault({"lab", "check"}).empty());
    CHECK(!fault({"reservation"}).empty());
    CHECK(!fault({"host"}).empty());
    CHECK(!fault({"host", "web01"}).empty());
    CHECK(!fault({"host", "web01", "check"}).empty());
    CHECK(!fault({"--hosts", "a", "host", "web01", "run", "id"}).empty());
}

TEST_CASE("an option that the command would ignore is refused") {
    CHECK_THAT(fault({"hosts", "--env", "A=1"}), Catch::Contains("--env means nothing to 'otto hosts'"));
    CHECK(!fault({"check", "--stop"}).empty());
    CHECK(!fault({"schema", "--hosts", "a"}).empty());
    CHECK(fault({"hosts", "--hosts", "a"}).empty());
    CHECK(fault({"check", "--timeout", "3s"}).empty());
}

TEST_CASE("the words of the other commands are read") {
    const Request put = parse({"put", "a", "b", "/tmp"});
    CHECK(put.verb == Verb::put);
    CHECK(put.sources == Words{"a", "b"});
    CHECK(put.destination == "/tmp");
    const Request host = parse({"host", "web01", "get", "/etc/motd", "."});
    CHECK(host.verb == Verb::get);
    CHECK(host.host == "web01");
    CHECK(parse({"host", "run", "run", "id"}).host == "run");
    CHECK(parse({"check"}).verb == Verb::check);
    CHECK(parse({"hosts"}).verb == Verb::hosts);
    CHECK(parse({"schema"}).verb == Verb::schema);
    CHECK(parse({"plugins"}).verb == Verb::plugins);
    CHECK(parse({"plugin", "list"}).verb == Verb::plugins);
    CHECK(parse({"lab", "check", "x.yaml", "y.yaml"}).sources == Words{"x.yaml", "y.yaml"});
    CHECK(parse({"reservation", "whoami"}).verb == Verb::reservation_whoami);
    CHECK(parse({"reservation", "check"}).verb == Verb::reservation_check);
}

TEST_CASE("arguments behind a tool's name belong to the tool") {
    const Request request = parse({"-l", "rack", "keys", "--fetch", "-n", "run", "-l"});
    CHECK(request.verb == Verb::tool);
    CHECK(request.tool == "keys");
    CHECK(request.labs == Words{"rack"});
    CHECK_FALSE(request.dry_run);
    CHECK(request.tool_arguments == Words{"--fetch", "-n", "run", "-l"});
}

TEST_CASE("help and version are answered wherever they are asked") {
    CHECK(parse({"--help"}).verb == Verb::help);
    CHECK(parse({"run", "--help"}).verb == Verb::help);
    CHECK(parse({"--version"}).verb == Verb::version);
    CHECK_THAT(parse({"--version"}).text, Catch::StartsWith("otto "));
    CHECK_THAT(parse({"-h"}).text, Catch::Contains("reservation whoami|check"));
}
