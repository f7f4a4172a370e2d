#include "plugin/permissions.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <system_error>
#include <vector>

namespace otto {
namespace {

constexpr std::size_t name_buffer = 16 * 1024;

// The convention of useradd: the user's primary group bears the user's name and has no other member.
bool is_private_group(uid_t user, gid_t group) {
    std::vector<char> user_text(name_buffer);
    std::vector<char> group_text(name_buffer);
    struct passwd user_entry;
    struct group group_entry;
    struct passwd* user_found = nullptr;
    struct group* group_found = nullptr;
    ::getpwuid_r(user, &user_entry, user_text.data(), user_text.size(), &user_found);
    ::getgrgid_r(group, &group_entry, group_text.data(), group_text.size(), &group_found);
    if (user_found == nullptr || group_found == nullptr || user_found->pw_gid != group) return false;
    const std::string_view name = user_found->pw_name;
    if (name != group_found->gr_name) return false;
    for (char** member = group_found->gr_mem; *member != nullptr; ++member)
        if (name != *member) return false;
    return true;
}

std::string octal(mode_t mode) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode & 07777));
    return text.data();
}

// The path as one word of a shell.
std::string quoted(const std::filesystem::path& path) {
    constexpr std::string_view harmless =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,:@%=";
    const std::string& text = path.native();
    if (text.find_first_not_of(harmless) == std::string::npos) return text;
    std::string word = "'";
    for (const char c : text) {
        if (c == '\'')
            word += "'\\''";
        else
            word += c;
    }
    return word + "'";
}

std::optional<PermissionFault> check(const std::filesystem::path& path, mode_t wanted_type,
                                     const char* wrong_type) {
    struct stat status;
    if (::stat(path.c_str(), &status) != 0)
        return PermissionFault{std::string("cannot be examined: ") + std::strerror(errno),
                               "ls -ld " + quoted(path)};
    if ((status.st_mode & S_IFMT) != wanted_type)
        return PermissionFault{wrong_type, "mv " + quoted(path) + " elsewhere"};
    const bool needs_group = (status.st_mode & S_IWGRP) != 0;
    return judge_ownership(
        {status.st_uid, status.st_mode, needs_group && is_private_group(status.st_uid, status.st_gid)},
        ::geteuid(), path);
}

} // namespace

std::optional<PermissionFault> judge_ownership(const Ownership& what, uid_t user,
                                               const std::filesystem::path& path) {
    const std::string word = quoted(path);
    if (what.owner != 0 && what.owner != user)
        return PermissionFault{"belongs to user " + std::to_string(what.owner) + ", not to root or to you",
                               "chown " + std::to_string(user) + " " + word};
    const bool everybody = (what.mode & S_IWOTH) != 0;
    if (everybody && S_ISDIR(what.mode) && (what.mode & S_ISVTX) != 0)
        return PermissionFault{"is a shared directory like /tmp (mode " + octal(what.mode) + ")",
                               "move the plugins to a directory of your own"};
    if (everybody)
        return PermissionFault{"can be changed by every user (mode " + octal(what.mode) + ")",
                               "chmod go-w " + word};
    if ((what.mode & S_IWGRP) != 0 && !what.group_is_owners_own)
        return PermissionFault{"can be changed by its group (mode " + octal(what.mode) + ")",
                               "chmod g-w " + word};
    return std::nullopt;
}

std::optional<PermissionFault> check_trusted_directory(const std::filesystem::path& directory) {
    return check(directory, S_IFDIR, "is not a directory");
}

std::optional<PermissionFault> check_trusted_file(const std::filesystem::path& file) {
    std::error_code error;
    const auto resolved = std::filesystem::canonical(file, error);
    if (error) return PermissionFault{"cannot be resolved: " + error.message(), "rm " + quoted(file)};
    const auto directory = std::filesystem::canonical(file.parent_path(), error);
    if (resolved.parent_path() != directory)
        return PermissionFault{"is a link to elsewhere (" + resolved.native() + ")",
                               "cp --remove-destination " + quoted(resolved) + " " + quoted(file)};
    return check(resolved, S_IFREG, "is not a regular file");
}

} // namespace otto
