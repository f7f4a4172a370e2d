// What the user asked for, as plain data: the command line read and checked, nothing looked up yet.
#pragma once

#include <otto/otto.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace otto::cli {

enum class Verb {
    run,
    exec,
    put,
    get,
    check,
    hosts,
    lab_check,
    schema,
    plugins,
    reservation_whoami,
    reservation_check,
    tool,    // a command that a plugin brings
    help,    // `text` is what to print
    version, // likewise
};

enum class Format { text, json, jsonl };

struct Request {
    Verb verb = Verb::help;

    // Where things are found.
    std::vector<std::string> labs;
    std::vector<std::filesystem::path> lab_paths;
    std::vector<std::filesystem::path> plugin_dirs;

    // Who may, and whether at all.
    bool dry_run = false;
    std::optional<std::filesystem::path> reservations;
    std::optional<std::string> as_user;
    bool skip_reservations = false;

    // Which hosts, and how.
    std::optional<std::string> host; // `host ID ...`
    std::string pattern;             // --hosts
    std::vector<std::pair<std::string, std::string>> options;
    std::optional<Duration> timeout;
    std::size_t fanout = 64;

    // Commands of run and exec.
    std::vector<std::string> commands;
    std::vector<std::filesystem::path> scripts; // each file is one command
    std::vector<std::pair<std::string, std::string>> env;
    bool stop = false;
    std::optional<std::size_t> output_limit;

    // Files of put and get, and of `lab check`.
    std::vector<std::string> sources;
    std::string destination;

    // A plugin's tool and its arguments, which are read by nobody else.
    std::string tool;
    std::vector<std::string> tool_arguments;

    // What is shown.
    Format format = Format::text;
    std::optional<std::filesystem::path> log_dir;
    int verbosity = 0;
    bool quiet = false;
    std::string text;
};

} // namespace otto::cli
