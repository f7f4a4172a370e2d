#include "elf_image.hpp"
#include "scratch.hpp"

#include <plugin/discovery.hpp>
#include <support/catch.hpp>

using namespace otto;
using namespace otto::test;
namespace fs = std::filesystem;

namespace {

// A file that passes for a plugin until it is loaded.
fs::path place(const Scratch& scratch, const std::string& name, const std::string& drivers,
               const std::string& fingerprint = OTTO_FINGERPRINT) {
    const Bytes image =
        elf_image({otto_note(fingerprint + "plugin=" + fs::path(name).stem().native().substr(5) +
                             "\nversion=1.0\ndrivers=" + drivers + "\n")});
    return scratch.file(name, {reinterpret_cast<const char*>(image.data()), image.size()});
}

std::vector<fs::path> directories(const Scratch& scratch, const std::vector<std::string>& names) {
    std::vector<fs::path> all;
    for (const auto& name : names)
        all.push_back(scratch.path() / name);
    return all;
}

SearchEnvironment environment_in(const Scratch& scratch) {
    SearchEnvironment environment;
    environment.plugin_path = scratch.directory("env").native();
    environment.home = scratch.path() / "home";
    environment.library = scratch.path() / "lib";
    scratch.directory("home/.local/lib/otto/plugins/1");
    scratch.directory("lib/otto/plugins/1");
    return environment;
}

} // namespace

TEST_CASE("directories are searched in the order given, environment, user, installed") {
    const Scratch scratch;
    PluginSearch search;
    search.plugin_dir(scratch.directory("second")).plugin_dir(scratch.directory("first"));
    const auto plan = plan_search(search, environment_in(scratch));
    CHECK(plan.directories == directories(scratch, {"second", "first", "env",
                                                    "home/.local/lib/otto/plugins/1", "lib/otto/plugins/1"}));
    CHECK(plan.faults.empty());
}

TEST_CASE("a build tree has its plugins without the ABI number") {
    const Scratch scratch;
    SearchEnvironment environment;
    environment.library = scratch.path() / "lib";
    scratch.directory("lib/otto/plugins");
    CHECK(plan_search(PluginSearch(), environment).directories == directories(scratch, {"lib/otto/plugins"}));
}

TEST_CASE("without defaults only the given directories count") {
    const Scratch scratch;
    PluginSearch search;
    search.plugin_dir(scratch.directory("mine")).default_plugin_dirs(false);
    CHECK(plan_search(search, environment_in(scratch)).directories == directories(scratch, {"mine"}));
}

TEST_CASE("under raised privileges only the installed directory counts") {
    const Scratch scratch;
    auto environment = environment_in(scratch);
    environment.secure = true;
    PluginSearch search;
    search.plugin_dir(scratch.directory("mine")).default_plugin_dirs(false);
    CHECK(plan_search(search, environment).directories == directories(scratch, {"lib/otto/plugins/1"}));
}

TEST_CASE("a directory counts once, whatever its names") {
    const Scratch scratch;
    fs::create_directory_symlink(scratch.directory("real"), scratch.path() / "link");
    PluginSearch search;
    search.plugin_dir(scratch.path() / "link")
        .plugin_dir(scratch.path() / "real/../real")
        .default_plugin_dirs(false);
    CHECK(plan_search(search, {}).directories == directories(scratch, {"real"}));
}

TEST_CASE("empty and relative components of OTTO_PLUGIN_PATH are errors, the others count") {
    const Scratch scratch;
    SearchEnvironment environment;
    environment.plugin_path = "plugins:" + scratch.directory("good").native() + ":";
    const auto plan = plan_search(PluginSearch(), environment);
    CHECK(plan.directories == directories(scratch, {"good"}));
    CHECK(plan.faults == std::vector<std::string>{
                             "OTTO_PLUGIN_PATH has the relative component 'plugins': write an absolute path",
                             "OTTO_PLUGIN_PATH has an empty component: remove it"});
    environment.plugin_path = "";
    CHECK(plan_search(PluginSearch(), environment).faults.empty());
}

TEST_CASE("a given directory that does not exist is a fault, a missing default is not") {
    SearchEnvironment environment;
    environment.home = "/nonexistent";
    environment.plugin_path = "/nonexistent/env";
    PluginSearch search;
    search.plugin_dir("/nonexistent/given");
    const auto plan = plan_search(search, environment);
    CHECK(plan.faults ==
          std::vector<std::string>{"plugin directory /nonexistent/given: No such file or directory"});
    CHECK_THROWS_AS(search.plugin_dir(""), Error);
}

TEST_CASE("only otto-*.so files of the directory itself count, sorted by name") {
    const Scratch scratch;
    place(scratch, "d/otto-b.so", "b");
    place(scratch, "d/otto-a.so", "a");
    place(scratch, "d/below/otto-c.so", "c");
    place(scratch, "d/other-d.so", "d");
    scratch.file("d/otto-readme.txt");
    const auto found = find_plugins(directories(scratch, {"d"}));
    REQUIRE(found.size() == 2);
    CHECK(found[0].file.path.filename() == "otto-a.so");
    CHECK(found[1].file.path.filename() == "otto-b.so");
    CHECK(found[0].file.state == PluginState::ok);
    CHECK(found[0].file.drivers == std::vector<std::string>{"a"});
}

TEST_CASE("the first directory that holds a driver wins and later files are shadowed") {
    const Scratch scratch;
    const auto winner = place(scratch, "one/otto-x.so", "ios");
    place(scratch, "two/otto-y.so", "ios");
    place(scratch, "two/otto-z.so", "other,ios-xe");
    const auto found = find_plugins(directories(scratch, {"one", "two"}));
    REQUIRE(found.size() == 3);
    CHECK(found[0].file.state == PluginState::ok);
    CHECK(found[1].file.state == PluginState::shadowed);
    CHECK(found[1].file.reason == "driver 'ios' comes from " + winner.native());
    CHECK(found[2].file.state == PluginState::ok);
}

TEST_CASE("a file that loses some of its drivers stays in use for the others") {
    const Scratch scratch;
    const auto winner = place(scratch, "one/otto-x.so", "ios");
    place(scratch, "two/otto-y.so", "ios,nxos");
    const auto found = find_plugins(directories(scratch, {"one", "two"}));
    REQUIRE(found.size() == 2);
    CHECK(found[1].file.state == PluginState::ok);
    CHECK(found[1].file.reason == "driver 'ios' comes from " + winner.native());
}

TEST_CASE("two files of one directory that bring the same driver are both refused") {
    const Scratch scratch;
    const auto one = place(scratch, "d/otto-x.so", "ios");
    const auto two = place(scratch, "d/otto-y.so", "nxos,ios");
    const auto found = find_plugins(directories(scratch, {"d"}));
    REQUIRE(found.size() == 2);
    for (const auto& each : found) {
        CHECK(each.file.state == PluginState::refused);
        CHECK(each.file.reason.ends_with("in the same directory both bring driver 'ios'"));
        CHECK(each.file.remedy.find(one.native()) != std::string::npos);
        CHECK(each.file.remedy.find(two.native()) != std::string::npos);
    }
}

TEST_CASE("a file in a directory that others can write is refused with the chmod of the directory") {
    const Scratch scratch;
    const auto file = place(scratch, "d/otto-x.so", "ios");
    set_mode(file.parent_path(), 0777);
    PluginSearch search;
    search.plugin_dir(file.parent_path()).default_plugin_dirs(false);
    const auto plan = plan_search(search, {});
    REQUIRE(plan.faults.size() == 1);
    CHECK(plan.faults[0] == "plugin directory " + file.parent_path().native() +
                                ": can be changed by every user (mode 0777); to mend it: chmod go-w " +
                                file.parent_path().native());
    const auto found = find_plugins(plan.directories);
    REQUIRE(found.size() == 1);
    CHECK(found[0].file.state == PluginState::refused);
    CHECK(found[0].file.reason == "lies in a directory that can be changed by every user (mode 0777)");
    CHECK(found[0].file.remedy == "chmod go-w " + file.parent_path().native());
}

TEST_CASE("a file without a readable note claims the name of its file") {
    const Scratch scratch;
    scratch.file("d/otto-acme.so", "not a library");
    const auto found = find_plugins(directories(scratch, {"d"}));
    REQUIRE(found.size() == 1);
    CHECK(found[0].claims("acme"));
    CHECK_FALSE(found[0].claims("otto-acme"));
    CHECK(found[0].file.drivers.empty());
    CHECK(found[0].file.reason == "is not an ELF file");
}
