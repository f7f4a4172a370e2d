#include "plugin/discovery.hpp"

#include "plugin/elf_note.hpp"
#include "plugin/fingerprint_compare.hpp"
#include "plugin/permissions.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace otto {
namespace fs = std::filesystem;
namespace {

// Any object of this library, for dladdr.
const int anchor = 0;

fs::path find_library() {
    Dl_info info;
    if (::dladdr(&anchor, &info) == 0 || info.dli_fname == nullptr) return {};
    std::error_code error;
    return fs::canonical(info.dli_fname, error).parent_path();
}

// Asked once: dladdr takes the dynamic linker's lock, which a plugin that threw while it was loaded leaves
// taken.
const fs::path& directory_of_library() {
    static const fs::path directory = find_library();
    return directory;
}

std::optional<std::string> variable(const char* name) {
    const char* value = ::secure_getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

fs::path home_directory() {
    if (const auto home = variable("HOME"); home && fs::path(*home).is_absolute()) return *home;
    std::vector<char> text(16 * 1024);
    struct passwd entry;
    struct passwd* found = nullptr;
    ::getpwuid_r(::geteuid(), &entry, text.data(), text.size(), &found);
    return found == nullptr ? fs::path() : fs::path(found->pw_dir);
}

// Adds directories in order, each once, whatever name it goes by.
class PlanBuilder {
  public:
    void add(const fs::path& directory, bool must_exist) {
        std::error_code error;
        const fs::path resolved = fs::canonical(directory, error);
        if (error) {
            if (must_exist) fault(directory.native(), error.message());
            return;
        }
        if (const auto bad = check_trusted_directory(resolved))
            fault(resolved.native(), bad->reason + "; to mend it: " + bad->remedy);
        if (std::ranges::find(plan_.directories, resolved) == plan_.directories.end())
            plan_.directories.push_back(resolved);
    }

    // Not relative to wherever the program happens to be started, and an empty component would mean just
    // that.
    void add_path_variable(std::string_view list) {
        for (std::size_t begin = 0; begin <= list.size();) {
            const auto end = std::min(list.find(':', begin), list.size());
            const fs::path component = list.substr(begin, end - begin);
            begin = end + 1;
            if (component.empty())
                plan_.faults.emplace_back("OTTO_PLUGIN_PATH has an empty component: remove it");
            else if (!component.is_absolute())
                plan_.faults.emplace_back("OTTO_PLUGIN_PATH has the relative component '" +
                                          component.native() + "': write an absolute path");
            else
                add(component, false);
        }
    }

    SearchPlan take() { return std::move(plan_); }

  private:
    void fault(const std::string& directory, const std::string& why) {
        plan_.faults.push_back("plugin directory " + directory + ": " + why);
    }

    SearchPlan plan_;
};

std::string name_from_file(const fs::path& file) {
    std::string name = file.stem().native();
    if (name.starts_with("otto-")) name.erase(0, 5);
    return name;
}

std::optional<std::string> read_note(const fs::path& file, std::string& fault) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        fault = std::string("cannot be read: ") + std::strerror(errno);
        return std::nullopt;
    }
    ElfNoteReader reader(read_from_descriptor(descriptor));
    auto text = reader.read();
    ::close(descriptor);
    fault = reader.fault();
    return text;
}

void apply_note(Candidate& candidate, std::string_view text) {
    NoteText note = parse_note(text);
    candidate.fingerprint = std::move(note.fingerprint);
    candidate.file.version = std::move(note.version);
    candidate.file.drivers = std::move(note.drivers);
    candidate.file.backends = std::move(note.backends);
    candidate.file.tools = std::move(note.tools);
    if (!note.plugin.empty()) candidate.file.name = std::move(note.plugin);
}

const std::string* first_common(const std::vector<std::string>& left, const std::vector<std::string>& right) {
    const auto found = std::ranges::find_first_of(left, right);
    return found == left.end() ? nullptr : &*found;
}

// Two files of one directory that bring the same driver: no order between them would be more than chance.
void refuse_duplicates(std::vector<Candidate>& all) {
    for (auto& one : all) {
        for (auto& other : all) {
            if (&one == &other || one.directory != other.directory) continue;
            const std::string* driver = first_common(one.file.drivers, other.file.drivers);
            if (driver == nullptr) continue;
            one.refuse("and " + other.file.path.filename().native() +
                           " in the same directory both bring driver '" + *driver + "'",
                       "remove one of " + one.file.path.native() + " and " + other.file.path.native());
        }
    }
}

// The first directory that holds a driver wins; a file of which nothing is left is shadowed.
void shadow_losers(std::vector<Candidate>& all) {
    for (auto later = all.begin(); later != all.end(); ++later) {
        std::size_t lost = 0;
        for (const auto& driver : later->file.drivers) {
            const auto winner = std::find_if(all.begin(), later, [&](const Candidate& earlier) {
                return earlier.directory != later->directory && earlier.claims(driver);
            });
            if (winner == later) continue;
            ++lost;
            if (later->file.state != PluginState::ok) continue;
            if (!later->file.reason.empty()) later->file.reason += "; ";
            later->file.reason += "driver '" + driver + "' comes from " + winner->file.path.native();
        }
        const bool nothing_left = lost != 0 && lost == later->file.drivers.size() &&
                                  later->file.tools.empty() && later->file.backends.empty();
        if (nothing_left && later->file.state == PluginState::ok) later->file.state = PluginState::shadowed;
    }
}

std::vector<fs::path> plugin_files_of(const fs::path& directory) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
        const std::string name = at->path().filename().native();
        if (name.starts_with("otto-") && name.ends_with(".so")) files.push_back(at->path());
    }
    std::ranges::sort(files);
    return files;
}

} // namespace

SearchEnvironment SearchEnvironment::of_process() {
    SearchEnvironment environment;
    environment.secure = ::getauxval(AT_SECURE) != 0;
    environment.plugin_path = variable("OTTO_PLUGIN_PATH");
    environment.home = home_directory();
    environment.library = directory_of_library();
    return environment;
}

SearchPlan plan_search(const PluginSearch& search, const SearchEnvironment& environment) {
    PlanBuilder plan;
    if (!environment.secure)
        for (const auto& directory : search.plugin_dirs())
            plan.add(directory, true);
    if (!search.uses_defaults() && !environment.secure) return plan.take();

    const std::string abi = std::to_string(OTTO_ABI);
    if (!environment.secure) {
        if (environment.plugin_path && !environment.plugin_path->empty())
            plan.add_path_variable(*environment.plugin_path);
        if (!environment.home.empty()) plan.add(environment.home / ".local/lib/otto/plugins" / abi, false);
    }
    if (!environment.library.empty()) {
        const fs::path beside = environment.library / "otto/plugins";
        std::error_code error;
        plan.add(fs::is_directory(beside / abi, error) ? beside / abi : beside, false);
    }
    return plan.take();
}

bool Candidate::claims(std::string_view driver) const {
    if (fingerprint.empty()) return name_from_file(file.path) == driver;
    return std::ranges::find(file.drivers, driver) != file.drivers.end();
}

void Candidate::refuse(std::string reason, std::string remedy) {
    if (file.state == PluginState::refused) return;
    file.state = PluginState::refused;
    file.reason = std::move(reason);
    file.remedy = std::move(remedy);
}

Candidate examine_plugin(const fs::path& file) {
    Candidate candidate;
    candidate.file.path = file;
    candidate.file.name = name_from_file(file);
    candidate.directory = file.parent_path();

    std::string fault;
    const auto text = read_note(file, fault);
    if (text) apply_note(candidate, *text);

    if (const auto bad = check_trusted_directory(candidate.directory))
        candidate.refuse("lies in a directory that " + bad->reason, bad->remedy);
    if (const auto bad = check_trusted_file(file)) candidate.refuse(bad->reason, bad->remedy);
    if (!text) {
        candidate.refuse(fault, "rm " + file.native() + ", or install a plugin built for this otto");
        return candidate;
    }
    const auto differences = compare_fingerprints(candidate.fingerprint, OTTO_FINGERPRINT);
    if (!differences.empty())
        candidate.refuse("was built for a different otto\n" + format_differences(differences),
                         remedy_for(differences));
    return candidate;
}

std::vector<Candidate> find_plugins(const std::vector<fs::path>& directories) {
    std::vector<Candidate> all;
    for (const auto& directory : directories)
        for (const auto& file : plugin_files_of(directory))
            all.push_back(examine_plugin(file));
    refuse_duplicates(all);
    shadow_losers(all);
    return all;
}

} // namespace otto
