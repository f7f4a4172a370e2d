#include "lab/lab_source.hpp"

#include "lab/unique_fd.hpp"
#include "lab/yaml_tree.hpp"
#include "plugin/permissions.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <set>
#include <system_error>

namespace otto {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view extension = ".yaml";

bool is_path(std::string_view name) {
    return name.find('/') != std::string_view::npos || name.ends_with(extension);
}

// "a+b" as two names; a path stays whole.
std::vector<std::string> split_names(const std::vector<std::string>& names) {
    std::vector<std::string> all;
    for (const std::string& name : names) {
        if (is_path(name)) {
            all.push_back(name);
            continue;
        }
        std::size_t begin = 0;
        for (std::size_t plus = 0; plus != std::string::npos; begin = plus + 1) {
            plus = name.find('+', begin);
            all.push_back(name.substr(begin, plus == std::string::npos ? plus : plus - begin));
        }
    }
    for (const std::string& name : all)
        if (name.empty())
            throw Error(Errc::usage, "a lab's name is empty: write a lab as NAME, NAME+NAME or a path");
    return all;
}

std::vector<std::string> labs_in(const std::vector<fs::path>& directories) {
    std::vector<std::string> names;
    for (const fs::path& directory : directories) {
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(directory, ignored))
            if (entry.path().extension() == extension) names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

// The file of a lab, or an empty path with the fault reported.
fs::path locate(const std::string& name, const std::vector<fs::path>& directories, FaultList& faults) {
    if (is_path(name)) return name;
    std::string searched;
    for (const fs::path& directory : directories) {
        const fs::path file = directory / (name + std::string(extension));
        std::error_code ignored;
        if (fs::exists(file, ignored)) return file;
        searched += (searched.empty() ? "" : ", ") + directory.string();
    }
    faults.add({}, "lab '" + name + "' not found in " + searched + did_you_mean(name, labs_in(directories)));
    return {};
}

std::string reason(int code) {
    return std::generic_category().message(code);
}

// Empty after a fault. Reads one byte more than the limit, so that the size is judged in one place.
std::string read_text(const std::string& file, FaultList& faults) {
    const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    struct stat status = {};
    if (!fd || ::fstat(fd.get(), &status) != 0) {
        faults.add({file, 0, 0}, "cannot read the lab file: " + reason(errno));
        return {};
    }
    if (!S_ISREG(status.st_mode)) {
        faults.add({file, 0, 0}, "not a regular file");
        return {};
    }
    std::string text;
    char block[64 * 1024];
    while (text.size() <= YamlLimits::bytes) {
        const ssize_t n = ::read(fd.get(), block, sizeof block);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) faults.add({file, 0, 0}, "cannot read the lab file: " + reason(errno));
        if (n <= 0) break;
        text.append(block, static_cast<std::size_t>(n));
    }
    return text;
}

} // namespace

std::vector<fs::path> lab_directories(const std::vector<fs::path>& given) {
    std::vector<fs::path> all = given;
    if (const char* list = ::secure_getenv("OTTO_LAB_PATH")) {
        std::string_view rest = list;
        while (!rest.empty()) {
            const std::size_t colon = std::min(rest.find(':'), rest.size());
            if (colon != 0) all.emplace_back(rest.substr(0, colon));
            rest.remove_prefix(std::min(colon + 1, rest.size()));
        }
    }
    all.emplace_back("labs");
    const char* config = ::secure_getenv("XDG_CONFIG_HOME");
    const char* home = ::secure_getenv("HOME");
    if (config && *config == '/') // the XDG Base Directory Specification: relative ones are to be ignored
        all.push_back(fs::path(config) / "otto" / "labs");
    else if (home && *home == '/')
        all.push_back(fs::path(home) / ".config" / "otto" / "labs");
    all.emplace_back("/etc/otto/labs");
    return all;
}

std::vector<LabSource> find_labs(const std::vector<std::string>& names, const LoadOptions& options,
                                 FaultList& faults) {
    const std::vector<std::string> wanted = split_names(names);
    if (wanted.empty()) throw Error(Errc::usage, "no lab is named");
    const std::vector<fs::path> directories = lab_directories(options.search_paths());
    std::vector<LabSource> sources;
    std::set<fs::path> seen;
    for (const std::string& name : wanted) {
        const fs::path found = locate(name, directories, faults);
        if (found.empty()) continue;
        std::error_code ignored;
        const fs::path file = found.lexically_normal();
        const fs::path path = fs::absolute(file, ignored).lexically_normal();
        fs::path canonical = fs::canonical(path, ignored);
        if (!seen.insert(canonical.empty() ? path : canonical).second) continue;
        LabSource source;
        source.name = file.stem().string();
        source.file = file.string();
        source.path = path;
        source.base = path.parent_path().string();
        const std::size_t before = faults.reported();
        source.text = read_text(source.file, faults);
        source.trusted = !check_trusted_file(path) && !check_trusted_directory(path.parent_path());
        if (faults.reported() == before) sources.push_back(std::move(source));
    }
    return sources;
}

} // namespace otto
