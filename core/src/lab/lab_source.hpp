// Finds the files of a lab and reads their text.
#pragma once

#include "lab/fault_list.hpp"

#include <otto/lab.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace otto {

struct LabSource {
    std::string name;           // "rack3"
    std::string file;           // what messages call it
    std::filesystem::path path; // absolute; empty for a text that is no file
    std::string base;           // the directory that relative paths in the lab start from
    std::string text;
    bool trusted = false; // nobody else can write it: `!command` may run
};

// Directories in the order of search: given, OTTO_LAB_PATH, ./labs, the user's and the system's
// configuration.
std::vector<std::filesystem::path> lab_directories(const std::vector<std::filesystem::path>& given);

// The sources of the names, each file once. A name that is not found and a file that cannot be read are
// faults. Throws Error(usage) for an empty name.
std::vector<LabSource> find_labs(const std::vector<std::string>& names, const LoadOptions& options,
                                 FaultList& faults);

} // namespace otto
