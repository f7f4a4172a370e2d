// A program of its own, because the dynamic linker stays locked for other threads afterwards.
#include "refusals.hpp"
#include "scratch.hpp"

#include <otto/plugin_registry.hpp>

#include <support/catch.hpp>
#include <thread>

using namespace otto;
using namespace otto::test;

TEST_CASE("a static initialiser that throws is an error, the same one for every registry") {
    const Scratch scratch;
    const auto file = scratch.file("otto-throwing-start.so", fixture_bytes("throwing-start"));
    const auto text =
        framed("'throwing-start' 1.0 was not loaded: it threw in a static initialiser: start exploded", file,
               "throwing-start", "report it to the plugin's vendor");
    PluginRegistry registry(only(scratch.path()));
    CHECK(refusal_of(registry, "throwing-start") == text);
    CHECK(refusal_of(registry, "throwing-start") == text);
    CHECK(refusal_in(scratch.path(), "throwing-start") == text);
    CHECK(registry.loaded().empty());
}

TEST_CASE("after a static initialiser threw, other threads are refused and do not hang, this one goes on") {
    const Scratch scratch;
    const auto culprit = scratch.file("otto-throwing-start.so", fixture_bytes("throwing-start"));
    const auto file = scratch.file("otto-fixture.so", fixture_bytes("fixture"));
    PluginRegistry registry(only(scratch.path()));
    CHECK(refusal_of(registry, "throwing-start") != "not refused");
    std::string said;
    std::thread([&] { said = refusal_in(scratch.path(), "fixture"); }).join();
    CHECK(said.find("left the dynamic linker locked") != std::string::npos);
    CHECK_NOTHROW(registry.driver(wanted("fixture")));
}
