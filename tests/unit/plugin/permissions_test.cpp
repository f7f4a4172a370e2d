#include "scratch.hpp"

#include <plugin/permissions.hpp>
#include <support/catch.hpp>

using namespace otto;
using namespace otto::test;

namespace {

std::string verdict(const Ownership& what, uid_t user = 1000) {
    const auto fault = judge_ownership(what, user, "/p/otto-x.so");
    return fault ? fault->reason + " | " + fault->remedy : "trusted";
}

std::string verdict(const std::optional<PermissionFault>& fault) {
    return fault ? fault->reason + " | " + fault->remedy : "trusted";
}

} // namespace

TEST_CASE("files of root and of the user that only they can write are trusted") {
    CHECK(verdict({0, S_IFREG | 0755, false}) == "trusted");
    CHECK(verdict({1000, S_IFREG | 0644, false}) == "trusted");
}

TEST_CASE("a stranger's file is refused, also by root, with the chown that mends it") {
    CHECK(verdict({1001, S_IFREG | 0644, false}) ==
          "belongs to user 1001, not to root or to you | chown 1000 /p/otto-x.so");
    CHECK(verdict({1000, S_IFREG | 0644, false}, 0) ==
          "belongs to user 1000, not to root or to you | chown 0 /p/otto-x.so");
}

TEST_CASE("what others can write is refused with the chmod that mends it") {
    CHECK(verdict({1000, S_IFREG | 0777, false}) ==
          "can be changed by every user (mode 0777) | chmod go-w /p/otto-x.so");
    CHECK(verdict({1000, S_IFREG | 0664, false}) ==
          "can be changed by its group (mode 0664) | chmod g-w /p/otto-x.so");
}

TEST_CASE("a private user group may write, as with Debian's umask 002") {
    CHECK(verdict({1000, S_IFREG | 0664, true}) == "trusted");
    CHECK(verdict({1000, S_IFREG | 0666, true}).starts_with("can be changed by every user"));
}

TEST_CASE("a sticky directory that everybody can write is refused") {
    CHECK(verdict({0, S_IFDIR | 01777, false}) ==
          "is a shared directory like /tmp (mode 1777) | move the plugins to a directory of your own");
}

TEST_CASE("the remedy quotes paths for the shell") {
    const auto fault = judge_ownership({1000, S_IFREG | 0666, false}, 1000, "/p/it's here.so");
    REQUIRE(fault);
    CHECK(fault->remedy == "chmod go-w '/p/it'\\''s here.so'");
}

TEST_CASE("a link within the directory is fine, one to elsewhere and a dangling one are refused") {
    const Scratch scratch;
    const auto real = scratch.file("a/otto-x.so.1", "x");
    const auto elsewhere = scratch.file("b/otto-y.so", "y");
    const auto within = scratch.path() / "a/otto-x.so";
    const auto out = scratch.path() / "a/otto-y.so";
    const auto dangling = scratch.path() / "a/otto-z.so";
    std::filesystem::create_symlink("otto-x.so.1", within);
    std::filesystem::create_symlink(elsewhere, out);
    std::filesystem::create_symlink("nowhere", dangling);
    CHECK(verdict(check_trusted_file(real)) == "trusted");
    CHECK(verdict(check_trusted_file(within)) == "trusted");
    CHECK(verdict(check_trusted_file(out))
              .starts_with("is a link to elsewhere (" + elsewhere.native() + ") | cp "));
    CHECK(verdict(check_trusted_file(dangling)).starts_with("cannot be resolved: "));
}

TEST_CASE("only regular files and directories pass") {
    const Scratch scratch;
    const auto directory = scratch.directory("otto-d.so");
    const auto pipe = scratch.path() / "otto-p.so";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK(verdict(check_trusted_file(directory)).starts_with("is not a regular file"));
    CHECK(verdict(check_trusted_file(pipe)).starts_with("is not a regular file"));
    CHECK(verdict(check_trusted_directory(scratch.file("f"))).starts_with("is not a directory"));
    CHECK(verdict(check_trusted_directory(directory)) == "trusted");
}
