// Whether a file may be trusted to run code: nobody but root and the user can change it or its directory. The
// check is by path: loading by descriptor would break $ORIGIN, and since nobody else can write the directory,
// the only race is with oneself.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace otto {

struct PermissionFault {
    std::string reason; // "can be changed by every user (mode 0777)"
    std::string remedy; // "chmod go-w /path"
};

// What is judged, apart from the file system.
struct Ownership {
    uid_t owner;
    mode_t mode;              // with the file type
    bool group_is_owners_own; // the private group that Debian gives every user; then umask 002 is harmless
};

// `path` is only quoted.
std::optional<PermissionFault> judge_ownership(const Ownership& what, uid_t user,
                                               const std::filesystem::path& path);

std::optional<PermissionFault> check_trusted_directory(const std::filesystem::path& directory);

// The file alone: a regular file, or a link to one within the same directory. The caller checks the directory
// too.
std::optional<PermissionFault> check_trusted_file(const std::filesystem::path& file);

} // namespace otto
