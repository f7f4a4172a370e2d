// The registry against plugins that are wrong on purpose. Most of what a loader does is refusing, so whole
// texts are compared: what went wrong, the file, who needs it, and what to do.
#include "elf_image.hpp"
#include "refusals.hpp"
#include "scratch.hpp"

#include <otto/plugin_registry.hpp>
#include <otto/reservation.hpp>

#include <elf.h>

#include <algorithm>
#include <iterator>
#include <support/catch.hpp>
#include <thread>

using namespace otto;
using namespace otto::test;
namespace fs = std::filesystem;

namespace {

// Replaces text of the same length.
std::string patched(std::string bytes, const std::string& from, const std::string& to) {
    REQUIRE(from.size() == to.size());
    const auto at = bytes.find(from);
    REQUIRE(at != std::string::npos);
    return bytes.replace(at, from.size(), to);
}

// A plugin that was built with another value for one key of the fingerprint; it can be examined, not loaded.
std::string noted_with(const std::string& key, const std::string& value) {
    std::string fingerprint = OTTO_FINGERPRINT;
    const auto begin = fingerprint.find("\n" + key + "=") + key.size() + 2;
    fingerprint.replace(begin, fingerprint.find('\n', begin) - begin, value);
    const Bytes image =
        elf_image({otto_note(fingerprint + "plugin=fixture\nversion=1.2.3\ndrivers=fixture\n")});
    return {reinterpret_cast<const char*>(image.data()), image.size()};
}

std::string own_value(const std::string& key) {
    const std::string fingerprint = OTTO_FINGERPRINT;
    const auto begin = fingerprint.find("\n" + key + "=") + key.size() + 2;
    return fingerprint.substr(begin, fingerprint.find('\n', begin) - begin);
}

const std::string rebuild = "rebuild it against otto-sdk " OTTO_SDK_VERSION;

} // namespace

TEST_CASE("a good plugin is found, opened once and lists what it brings") {
    const Scratch scratch;
    const auto file = scratch.file("otto-fixture.so", fixture_bytes("fixture"));
    PluginRegistry registry(only(scratch.path()));

    const auto files = registry.files();
    REQUIRE(files.size() == 1);
    CHECK(files[0].path == file);
    CHECK(files[0].state == PluginState::ok);
    CHECK(files[0].name == "fixture");
    CHECK(files[0].version == "1.2.3");
    CHECK(files[0].drivers == std::vector<std::string>{"fixture", "fixture-plain"});
    CHECK(files[0].backends == std::vector<std::string>{"fixture-book"});
    CHECK(files[0].tools == std::vector<std::string>{"fixture-count"});
    CHECK(registry.driver_names() == std::vector<std::string>{"fixture", "fixture-plain"});
    CHECK(registry.loaded().empty());

    const auto& driver = registry.driver(wanted("fixture"));
    CHECK(driver.option_count == 2);
    CHECK(&registry.driver(wanted("fixture")) == &driver);
    CHECK(registry.driver(wanted("fixture-plain")).flags == driver_takes_no_address);
    REQUIRE(registry.loaded().size() == 1);
    CHECK(std::string(registry.loaded()[0]->vendor) == "otto");
}

TEST_CASE("backends and tools of a plugin are found by name") {
    const Scratch scratch;
    scratch.file("otto-fixture.so", fixture_bytes("fixture"));
    PluginRegistry registry(only(scratch.path()));
    const auto* backend = registry.reservation_backend("fixture-book");
    REQUIRE(backend != nullptr);
    CHECK_THROWS_WITH(backend->create({{"book", "the red book"}}), "the red book is closed");
    const auto* tool = registry.tool("fixture-count");
    REQUIRE(tool != nullptr);
    CHECK(std::string(tool->summary) == "Counts arguments");
    CHECK(registry.reservation_backend("fixture-count") == nullptr);
    CHECK(registry.tool("fixture-book") == nullptr);
}

TEST_CASE("an unknown driver is an error that offers the nearest name") {
    const Scratch scratch;
    scratch.file("otto-fixture.so", fixture_bytes("fixture"));
    PluginRegistry registry(only(scratch.path()));
    CHECK_FALSE(registry.knows(wanted("fixtur")));
    CHECK(refusal_of(registry, "fixtur") == "no plugin brings driver 'fixtur', needed by labs/core.yaml:7:13 "
                                            "(did you mean 'fixture'?) (see `otto "
                                            "plugins` for what was found and where)");
}

TEST_CASE("a plugin with another fingerprint is refused with a table of what differs") {
    const Scratch scratch;
    const auto file = scratch.path() / "otto-fixture.so";
    const std::string head = "'fixture' 1.2.3 was not loaded: it was built for a different otto";
    const std::string heading = "           plugin                otto\n";

    scratch.file("otto-fixture.so", noted_with("boost", "107400"));
    CHECK(refusal_in(scratch.path(), "fixture") ==
          framed(head, file, "fixture", rebuild,
                 heading + "  boost    107400  (1.74)        108100  (1.81)\n"));

    const std::string other = own_value("san") == "none" ? "address" : "none";
    const std::string fix = own_value("san") == "none"
                                ? "rebuild it without the sanitizer, or run an otto that was built with it"
                                : "rebuild it with the same sanitizer, or run an otto that was built without";
    scratch.file("otto-fixture.so", noted_with("san", other));
    CHECK(refusal_in(scratch.path(), "fixture") ==
          framed(head, file, "fixture", fix,
                 heading + "  san      " + other + std::string(22 - other.size(), ' ') + own_value("san") +
                     "\n"));
}

TEST_CASE("a good plugin is refused once its note's ABI is changed") {
    const Scratch scratch;
    const auto file =
        scratch.file("otto-fixture.so", patched(fixture_bytes("fixture"), "abi=1\nsdk=", "abi=2\nsdk="));
    const auto said = refusal_in(scratch.path(), "fixture");
    // The note or the descriptor, whichever comes first in the file: either way it is not loaded.
    CHECK((said == framed("'fixture' 1.2.3 was not loaded: it was built for a different otto", file,
                          "fixture", rebuild,
                          "           plugin                otto\n  abi      2                     1\n") ||
           said.find("its note and its descriptor differ") != std::string::npos));
}

TEST_CASE("a fingerprint that differs between note and descriptor is refused") {
    const Scratch scratch;
    std::string bytes = fixture_bytes("fixture");
    const std::string fingerprint = OTTO_FINGERPRINT;
    // The descriptor's copy is the one that the note's own lines do not follow.
    auto at = bytes.find(fingerprint);
    while (at != std::string::npos && bytes.compare(at + fingerprint.size(), 7, "plugin=") == 0)
        at = bytes.find(fingerprint, at + 1);
    REQUIRE(at != std::string::npos);
    bytes.replace(bytes.find("cxx=gcc-", at), 8, "cxx=GCC-");
    const auto file = scratch.file("otto-fixture.so", bytes);
    CHECK(refusal_in(scratch.path(), "fixture") ==
          framed("'fixture' 1.2.3 was not loaded: it was linked wrongly or changed after it was built (its "
                 "note and "
                 "its descriptor differ)",
                 file, "fixture", rebuild));
}

TEST_CASE("files that are no plugins of this machine are refused with one sentence each") {
    const Scratch scratch;
    const auto file = scratch.path() / "otto-fixture.so";
    const std::string good = fixture_bytes("fixture");
    const auto said = [&](const std::string& bytes, const std::string& why) {
        scratch.file("otto-fixture.so", bytes);
        CHECK(refusal_in(scratch.path(), "fixture") ==
              framed("'fixture' was not loaded: it " + why, file, "fixture",
                     "rm " + file.native() + ", or install a plugin built for this otto"));
    };
    said("#!/bin/sh\necho no library\n", "is not an ELF file");
    said("", "is not an ELF file");
    said(good.substr(0, 100), "is truncated");
    std::string other = good;
    other[offsetof(Elf64_Ehdr, e_machine)] = EM_S390;
    other[offsetof(Elf64_Ehdr, e_machine) + 1] = 0;
    scratch.file("otto-fixture.so", other);
    CHECK(refusal_in(scratch.path(), "fixture").find("it was built for s390, and this otto runs on ") !=
          std::string::npos);
}

TEST_CASE("each plugin that fails while it is opened is an error and costs nothing else") {
    const Scratch scratch;
    const auto refused = [&](const std::string& name, const std::string& why, const std::string& fix) {
        const auto file = scratch.file("otto-" + name + ".so", fixture_bytes(name));
        CHECK(refusal_in(scratch.path(), name) ==
              framed("'" + name + "' 1.0 was not loaded: it " + why, file, name, fix));
    };
    refused("no-entry", "was linked incompletely (otto_plugin_v1 is not exported)",
            "link it with otto_add_driver() of otto-sdk");
    refused("throwing-entry", "threw in its entry function: entry exploded",
            "report it to the plugin's vendor");
    refused("broken-table",
            "is broken: driver 'broken-table' has a bad default for option 'port': expected a number from "
            "1 to 65535, not '70000'",
            rebuild);
    const auto lacking = scratch.file("otto-undefined-symbol.so", fixture_bytes("undefined-symbol"));
    CHECK(refusal_in(scratch.path(), "undefined-symbol") ==
          framed("'undefined-symbol' 1.0 was not loaded: it could not be loaded: undefined symbol: "
                 "_Z29function_of_a_missing_libraryv",
                 lacking, "undefined-symbol", "see what it lacks: ldd -r " + lacking.native()));

    scratch.file("otto-fixture.so", fixture_bytes("fixture"));
    PluginRegistry registry(only(scratch.path()));
    CHECK_NOTHROW(registry.driver(wanted("fixture")));
}

TEST_CASE("a library without a note is not loaded") {
    const Scratch scratch;
    const auto file = scratch.file("otto-no-note.so", fixture_bytes("no-note"));
    CHECK(refusal_in(scratch.path(), "no-note") ==
          framed("'no-note' was not loaded: it is not an otto plugin (it has no .note.otto.plugin)", file,
                 "no-note", "rm " + file.native() + ", or install a plugin built for this otto"));
}

TEST_CASE("what a driver's create throws comes out as it is") {
    const Scratch scratch;
    scratch.file("otto-throwing-create.so", fixture_bytes("throwing-create"));
    PluginRegistry registry(only(scratch.path()));
    const auto& driver = registry.driver(wanted("throwing-create"));
    CHECK_THROWS_WITH(driver.create(HostContext(nullptr)), "create exploded");
}

TEST_CASE("a file or directory that others can write is refused with the chmod that mends it") {
    const Scratch scratch;
    const auto file = scratch.file("d/otto-fixture.so", fixture_bytes("fixture"));
    const auto directory = file.parent_path();
    set_mode(file, 0666);
    CHECK(refusal_in(directory, "fixture") ==
          framed("'fixture' 1.2.3 was not loaded: it can be changed by every user (mode 0666)", file,
                 "fixture", "chmod go-w " + file.native()));
    set_mode(file, 0644);
    set_mode(directory, 0777);
    CHECK(refusal_in(directory, "fixture") == framed("'fixture' 1.2.3 was not loaded: it lies in a directory "
                                                     "that can be changed by every user (mode 0777)",
                                                     file, "fixture", "chmod go-w " + directory.native()));
    set_mode(directory, 0755);
    PluginRegistry registry(only(directory));
    CHECK_NOTHROW(registry.driver(wanted("fixture")));
}

TEST_CASE("a link to elsewhere is refused") {
    const Scratch scratch;
    const auto real = scratch.file("real/otto-fixture.so", fixture_bytes("fixture"));
    const auto link = scratch.directory("d") / "otto-fixture.so";
    fs::create_symlink(real, link);
    CHECK(refusal_in(link.parent_path(), "fixture") ==
          framed("'fixture' 1.2.3 was not loaded: it is a link to elsewhere (" + real.native() + ")", link,
                 "fixture", "cp --remove-destination " + real.native() + " " + link.native()));
}

TEST_CASE("two files of one directory with the same driver are both refused") {
    const Scratch scratch;
    const auto one = scratch.file("otto-a.so", fixture_bytes("fixture"));
    const auto two = scratch.file("otto-b.so", fixture_bytes("fixture"));
    CHECK(refusal_in(scratch.path(), "fixture") ==
          framed("'fixture' 1.2.3 was not loaded: it and otto-b.so in the same directory both bring driver "
                 "'fixture'",
                 one, "fixture", "remove one of " + one.native() + " and " + two.native()));
}

TEST_CASE("a winner that cannot be used is not replaced by the next") {
    const Scratch scratch;
    PluginSearch search;
    search.plugin_dir(scratch.directory("one"))
        .plugin_dir(scratch.directory("two"))
        .default_plugin_dirs(false);
    scratch.file("two/otto-fixture.so", fixture_bytes("fixture"));
    const auto bad = scratch.file("one/otto-fixture.so", "damaged");
    PluginRegistry registry(search);
    CHECK(refusal_of(registry, "fixture").find(bad.native()) != std::string::npos);
}

TEST_CASE("a lab may name a plugin by an absolute path, which is judged alike") {
    const Scratch scratch;
    const auto file = scratch.file("vendor.so", fixture_bytes("fixture"));
    PluginRegistry registry(only(scratch.directory("empty")));
    DriverWanted by_path = wanted("fixture");
    by_path.plugin = file;
    CHECK(registry.knows(by_path));
    CHECK(std::string(registry.driver(by_path).name) == "fixture");
    CHECK_FALSE(registry.knows(wanted("fixture")));

    by_path.name = "ios";
    CHECK_THROWS_WITH(registry.driver(by_path),
                      framed("'fixture' 1.2.3 was not loaded: it has no driver 'ios'", file, "ios",
                             "name one that it has: fixture, fixture-plain"));
    by_path.plugin = "vendor.so";
    CHECK_THROWS_WITH(registry.driver(by_path), Catch::Contains("it is not named by an absolute path"));
    by_path.plugin = scratch.path() / "missing.so";
    CHECK_THROWS_WITH(registry.driver(by_path), Catch::Contains("No such file or directory"));
}

TEST_CASE("a linked plugin wins over files and is checked like one") {
    const Scratch scratch;
    scratch.file("otto-fixture.so", "damaged");
    static constexpr DriverDescriptor drivers[] = {
        driver_descriptor("fixture", "Linked in", [](HostContext) { return HostPtr(); })};
    static constexpr PluginDescriptor good =
        plugin_descriptor("linked", "1.0", "otto", "Apache-2.0", "-", drivers);
    PluginRegistry registry(only(scratch.path()));
    registry.add(good);
    CHECK(registry.driver(wanted("fixture")).summary == std::string("Linked in"));
    CHECK(registry.loaded() == std::vector<const PluginDescriptor*>{&good});

    const auto refused = [&](PluginDescriptor bad, const std::string& why) {
        CHECK_THROWS_WITH(registry.add(bad), Catch::Contains(why));
    };
    PluginDescriptor bad = good;
    bad.size = 8;
    refused(bad, "has a descriptor of 8 bytes instead of");
    bad = good;
    bad.abi = 7;
    refused(bad, "has ABI 7 instead of 1");
    bad = good;
    bad.vendor = "";
    refused(bad, "says nothing about its vendor");
    bad = good;
    bad.name = "Linked";
    refused(bad, "has the bad name 'Linked'");
    bad = good;
    bad.fingerprint = "abi=1\n";
    refused(bad, "was built for a different otto");
    bad = good;
    bad.drivers = nullptr;
    refused(bad, "has no table");
}

TEST_CASE("a registry may be asked from many threads") {
    const Scratch scratch;
    scratch.file("otto-fixture.so", fixture_bytes("fixture"));
    scratch.file("otto-throwing-entry.so", fixture_bytes("throwing-entry"));
    PluginRegistry registry(only(scratch.path()));
    std::vector<std::jthread> threads;
    std::atomic<int> good{0};
    std::atomic<int> refused{0};
    for (int index = 0; index < 8; ++index) {
        threads.emplace_back([&] {
            if (registry.driver(wanted("fixture")).option_count == 2) ++good;
            try {
                registry.driver(wanted("throwing-entry"));
            } catch (const Error&) {
                ++refused;
            }
        });
    }
    threads.clear();
    CHECK(good == 8);
    CHECK(refused == 8);
}
