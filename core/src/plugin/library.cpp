#include "plugin/library.hpp"

#include "plugin/descriptor_check.hpp"

#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>

#include <dlfcn.h>

#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace otto {
namespace {

namespace dll = boost::dll;

constexpr const char* entry_name = "otto_plugin_v1";
const dll::load_mode::type load_mode =
    dll::load_mode::rtld_now | dll::load_mode::rtld_local | static_cast<dll::load_mode::type>(RTLD_NODELETE);

std::string text_of(const std::exception_ptr& exception) {
    try {
        std::rethrow_exception(exception);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "an unknown exception";
    }
}

// What the dynamic linker remembers per process is remembered per process here, too. A library that threw
// while it was loaded counts as loaded there, and would be handed out half initialised to whoever asks again.
// And the thread in which it threw keeps the linker's lock (glibc 2.36, _dl_open): another thread that loads
// a library waits for ever.
class ThrowingLibraries {
  public:
    static ThrowingLibraries& instance() {
        static auto* const libraries = new ThrowingLibraries; // outlives every static object that might ask
        return *libraries;
    }

    void add(const std::filesystem::path& file, const std::string& what) {
        const std::lock_guard lock(mutex_);
        if (what_.empty()) thread_ = std::this_thread::get_id();
        what_.emplace(file, what);
    }

    // Why this thread must not try to load the file; nothing if it may.
    std::optional<OpenFailure> forbid(const std::filesystem::path& file) {
        const std::lock_guard lock(mutex_);
        if (const auto found = what_.find(file); found != what_.end()) return threw(found->second);
        if (what_.empty() || thread_ == std::this_thread::get_id()) return std::nullopt;
        const std::string culprit = what_.begin()->first.native();
        return OpenFailure{"cannot be loaded any more, because " + culprit +
                               " threw while it was loaded and left the dynamic linker locked",
                           "mend or remove " + culprit + ", and start again"};
    }

    static OpenFailure threw(const std::string& what) {
        return {"threw in a static initialiser: " + what, "report it to the plugin's vendor"};
    }

  private:
    std::mutex mutex_;
    std::map<std::filesystem::path, std::string> what_;
    std::thread::id thread_;
};

// Runs the static initialisers. <dlfcn.h> declares dlopen noexcept, so that an initialiser which throws would
// end the process; a pointer without that promise lets the exception through.
std::optional<OpenFailure> load(const std::filesystem::path& file) {
    auto& throwing = ThrowingLibraries::instance();
    if (auto forbidden = throwing.forbid(file)) return forbidden;
    using Open = void* (*)(const char*, int);
    volatile Open open = &::dlopen;
    try {
        if (open(file.c_str(), static_cast<int>(load_mode)) != nullptr) return std::nullopt;
    } catch (...) {
        const std::string what = text_of(std::current_exception());
        throwing.add(file, what);
        return ThrowingLibraries::threw(what);
    }
    const char* text = ::dlerror();
    std::string_view why = text == nullptr ? "unknown reason" : text;
    if (const std::string prefix = file.native() + ": "; why.starts_with(prefix))
        why.remove_prefix(prefix.size());
    return OpenFailure{"could not be loaded: " + std::string(why),
                       "see what it lacks: ldd -r " + file.native()};
}

std::vector<std::string> names_of(const DriverDescriptor* drivers, std::uint32_t count) {
    std::vector<std::string> names;
    for (std::uint32_t index = 0; index < count; ++index)
        names.emplace_back(drivers[index].name);
    return names;
}

OpenFailure no_entry() {
    return {"was linked incompletely (otto_plugin_v1 is not exported)",
            "link it with otto_add_driver() of otto-sdk"};
}

std::optional<OpenFailure> judge(const Candidate& candidate, const PluginDescriptor* descriptor) {
    const std::string remedy = "rebuild it against otto-sdk " OTTO_SDK_VERSION;
    if (descriptor == nullptr) return OpenFailure{"has an entry function that returns nothing", remedy};
    if (const auto fault = fault_of(*descriptor)) return OpenFailure{"is broken: " + *fault, remedy};
    if (candidate.fingerprint != descriptor->fingerprint || candidate.file.name != descriptor->name ||
        candidate.file.drivers != names_of(descriptor->drivers, descriptor->driver_count))
        return OpenFailure{
            "was linked wrongly or changed after it was built (its note and its descriptor differ)", remedy};
    return std::nullopt;
}

} // namespace

std::variant<const PluginDescriptor*, OpenFailure> open_plugin(const Candidate& candidate) {
    const auto& file = candidate.file.path;
    if (auto failure = load(file)) return std::move(*failure);
    try {
        // Not PluginEntry, which is noexcept: a plugin may have defined its entry function otherwise.
        using Entry = const PluginDescriptor*();
        const dll::shared_library library(file, load_mode);
        if (!library.has(entry_name)) return no_entry();
        const PluginDescriptor* descriptor = library.get<Entry>(entry_name)();
        if (auto failure = judge(candidate, descriptor)) return std::move(*failure);
        return descriptor;
    } catch (...) {
        return OpenFailure{"threw in its entry function: " + text_of(std::current_exception()),
                           "report it to the plugin's vendor"};
    }
}

} // namespace otto
