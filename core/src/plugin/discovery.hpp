// Where plugins are looked for, and what each file found there claims to be. Runs no code of a plugin.
#pragma once

#include <otto/plugin_registry.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace otto {

// What the process says about the search, gathered so that tests can say something else.
struct SearchEnvironment {
    bool secure = false;                    // AT_SECURE: set-uid and the like
    std::optional<std::string> plugin_path; // OTTO_PLUGIN_PATH
    std::filesystem::path home;
    std::filesystem::path library; // the directory that the loaded libotto lies in

    static SearchEnvironment of_process();
};

struct SearchPlan {
    std::vector<std::filesystem::path> directories; // resolved, existing, each once, in search order
    std::vector<std::string> faults;
};

SearchPlan plan_search(const PluginSearch& search, const SearchEnvironment& environment);

// A file, what its note says, and what the file claims: the drivers of its note. One without a readable note
// claims the NAME of otto-NAME.so, so that whoever asks for that driver learns why it cannot be had.
struct Candidate {
    PluginFile file;
    std::string fingerprint; // head of the note
    std::filesystem::path directory;

    [[nodiscard]] bool claims(std::string_view driver) const;
    void refuse(std::string reason, std::string remedy);
};

// One file, judged by its permissions, those of its directory, and its note.
Candidate examine_plugin(const std::filesystem::path& file);

// Every otto-*.so of the directories, sorted by name within each, with winners and losers told apart.
std::vector<Candidate> find_plugins(const std::vector<std::filesystem::path>& directories);

} // namespace otto
