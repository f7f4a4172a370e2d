#include "plugin/descriptor_check.hpp"
#include "plugin/discovery.hpp"
#include "plugin/fingerprint_compare.hpp"
#include "plugin/library.hpp"
#include "plugin/refusal.hpp"

#include <otto/plugin_registry.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <utility>
#include <variant>

namespace otto {
namespace {

template <class Row>
const Row* find_row(const Row* rows, std::uint32_t count, std::string_view name) {
    const std::span table(rows, count);
    const auto found = std::ranges::find_if(table, [&](const Row& row) { return row.name == name; });
    return found == table.end() ? nullptr : &*found;
}

const DriverDescriptor* find_driver(const PluginDescriptor& plugin, std::string_view name) {
    return find_row(plugin.drivers, plugin.driver_count, name);
}

const ReservationBackendDescriptor* find_backend(const PluginDescriptor& plugin, std::string_view name) {
    return find_row(plugin.backends, plugin.backend_count, name);
}

const ToolDescriptor* find_tool(const PluginDescriptor& plugin, std::string_view name) {
    return find_row(plugin.tools, plugin.tool_count, name);
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

} // namespace

std::string_view to_string(PluginState state) noexcept {
    switch (state) {
    case PluginState::ok:
        return "ok";
    case PluginState::shadowed:
        return "shadowed";
    case PluginState::refused:
        return "refused";
    }
    return "unknown";
}

struct PluginRegistry::State {
    explicit State(PluginSearch where)
        : search(std::move(where)) {}

    void scan();
    Candidate* candidate_for(const DriverWanted& wanted);
    Candidate& explicit_candidate(const std::filesystem::path& file);
    const PluginDescriptor& open(Candidate& candidate, const std::string& what, const SourceMark& mark);
    std::vector<std::string> names();
    [[noreturn]] void throw_unknown(const DriverWanted& wanted);
    template <class Row>
    const Row* find_contribution(std::string_view name, const std::string& kind,
                                 std::vector<std::string> PluginFile::*names,
                                 const Row* (*find)(const PluginDescriptor&, std::string_view));

    std::mutex mutex;
    const PluginSearch search;
    bool scanned = false;
    SearchPlan plan;
    std::vector<Candidate> candidates;
    std::map<std::filesystem::path, Candidate> named_by_labs;
    std::vector<const PluginDescriptor*> linked;
    std::map<std::filesystem::path, const PluginDescriptor*> opened;
    std::vector<const PluginDescriptor*> opened_in_order;
};

void PluginRegistry::State::scan() {
    if (std::exchange(scanned, true)) return;
    plan = plan_search(search, SearchEnvironment::of_process());
    candidates = find_plugins(plan.directories);
}

Candidate& PluginRegistry::State::explicit_candidate(const std::filesystem::path& file) {
    const auto known = named_by_labs.find(file);
    if (known != named_by_labs.end()) return known->second;
    Candidate candidate;
    if (!file.is_absolute()) {
        candidate.file.path = file;
        candidate.file.name = file.stem();
        candidate.refuse("is not named by an absolute path", "write the whole path");
    } else {
        candidate = examine_plugin(file);
        if (SearchEnvironment::of_process().secure)
            candidate.refuse("is named by a path, and this process runs with raised privileges",
                             "install it beside otto");
    }
    return named_by_labs.emplace(file, std::move(candidate)).first->second;
}

// The winner: the first in search order that claims the driver. In one directory a note outweighs a file's
// name.
Candidate* PluginRegistry::State::candidate_for(const DriverWanted& wanted) {
    if (wanted.plugin) return &explicit_candidate(*wanted.plugin);
    scan();
    Candidate* winner = nullptr;
    for (auto& candidate : candidates) {
        if (winner != nullptr && candidate.directory != winner->directory) break;
        if (!candidate.claims(wanted.name)) continue;
        if (winner == nullptr || winner->fingerprint.empty()) winner = &candidate;
    }
    return winner;
}

const PluginDescriptor& PluginRegistry::State::open(Candidate& candidate, const std::string& what,
                                                    const SourceMark& mark) {
    if (candidate.file.state != PluginState::refused) {
        const auto known = opened.find(candidate.file.path);
        if (known != opened.end()) return *known->second;
        auto outcome = open_plugin(candidate);
        if (const auto* descriptor = std::get_if<const PluginDescriptor*>(&outcome)) {
            opened.emplace(candidate.file.path, *descriptor);
            opened_in_order.push_back(*descriptor);
            return **descriptor;
        }
        auto& failure = std::get<OpenFailure>(outcome);
        candidate.refuse(std::move(failure.reason), std::move(failure.remedy));
    }
    throw refusal(candidate.file, what, mark);
}

// Sorted, each once.
std::vector<std::string> PluginRegistry::State::names() {
    scan();
    std::set<std::string> all;
    for (const auto* plugin : linked)
        for (std::uint32_t index = 0; index < plugin->driver_count; ++index)
            all.insert(plugin->drivers[index].name);
    for (const auto& candidate : candidates)
        all.insert(candidate.file.drivers.begin(), candidate.file.drivers.end());
    return {all.begin(), all.end()};
}

void PluginRegistry::State::throw_unknown(const DriverWanted& wanted) {
    std::string text = "no plugin brings driver '" + wanted.name + "'";
    if (wanted.mark.line != 0) text += ", needed by " + to_string(wanted.mark);
    for (const auto& fault : plan.faults)
        text += "; " + fault;
    if (const auto near = nearest_name(wanted.name, names())) text += " (did you mean '" + *near + "'?)";
    throw Error(Errc::plugin, std::move(text)).advice("see `otto plugins` for what was found and where");
}

template <class Row>
const Row* PluginRegistry::State::find_contribution(std::string_view name, const std::string& kind,
                                                    std::vector<std::string> PluginFile::*names,
                                                    const Row* (*find)(const PluginDescriptor&,
                                                                       std::string_view)) {
    const std::lock_guard lock(mutex);
    for (const auto* plugin : linked)
        if (const Row* row = find(*plugin, name)) return row;
    scan();
    for (auto& candidate : candidates)
        if (contains(candidate.file.*names, name))
            return find(open(candidate, kind + " '" + std::string(name) + "'", {}), name);
    return nullptr;
}

PluginRegistry::PluginRegistry(PluginSearch search)
    : state_(std::make_unique<State>(std::move(search))) {}
PluginRegistry::~PluginRegistry() = default;

void PluginRegistry::add(const PluginDescriptor& descriptor) {
    auto fault = fault_of(descriptor);
    if (!fault) {
        const auto differences = compare_fingerprints(descriptor.fingerprint, OTTO_FINGERPRINT);
        if (!differences.empty())
            fault = "was built for a different otto\n" + format_differences(differences);
    }
    if (fault) {
        const char* name = descriptor.name == nullptr ? "(null)" : descriptor.name;
        throw Error(Errc::plugin, "linked plugin '" + std::string(name) + "' is broken: " + *fault);
    }
    const std::lock_guard lock(state_->mutex);
    state_->linked.push_back(&descriptor);
}

std::vector<PluginFile> PluginRegistry::files() const {
    const std::lock_guard lock(state_->mutex);
    state_->scan();
    std::vector<PluginFile> files;
    for (const auto& [path, candidate] : state_->named_by_labs)
        files.push_back(candidate.file);
    for (const auto& candidate : state_->candidates)
        files.push_back(candidate.file);
    return files;
}

std::vector<std::string> PluginRegistry::directory_faults() const {
    const std::lock_guard lock(state_->mutex);
    state_->scan();
    return state_->plan.faults;
}

std::vector<std::string> PluginRegistry::driver_names() const {
    const std::lock_guard lock(state_->mutex);
    return state_->names();
}

bool PluginRegistry::knows(const DriverWanted& wanted) const {
    const std::lock_guard lock(state_->mutex);
    if (!wanted.plugin)
        for (const auto* plugin : state_->linked)
            if (find_driver(*plugin, wanted.name) != nullptr) return true;
    return state_->candidate_for(wanted) != nullptr;
}

const DriverDescriptor& PluginRegistry::driver(const DriverWanted& wanted) {
    const std::lock_guard lock(state_->mutex);
    if (!wanted.plugin)
        for (const auto* plugin : state_->linked)
            if (const auto* driver = find_driver(*plugin, wanted.name)) return *driver;
    Candidate* candidate = state_->candidate_for(wanted);
    if (candidate == nullptr) state_->throw_unknown(wanted);
    const std::string what = "driver '" + wanted.name + "'";
    const auto& plugin = state_->open(*candidate, what, wanted.mark);
    if (const auto* driver = find_driver(plugin, wanted.name)) return *driver;
    PluginFile file = candidate->file;
    file.reason = "has no driver '" + wanted.name + "'";
    file.remedy = "name one that it has: ";
    for (const auto& name : file.drivers)
        file.remedy += (&name == &file.drivers.front() ? "" : ", ") + name;
    throw refusal(file, what, wanted.mark);
}

const ReservationBackendDescriptor* PluginRegistry::reservation_backend(std::string_view name) {
    return state_->find_contribution(name, "reservation backend", &PluginFile::backends, &find_backend);
}

const ToolDescriptor* PluginRegistry::tool(std::string_view name) {
    return state_->find_contribution(name, "tool", &PluginFile::tools, &find_tool);
}

std::vector<const PluginDescriptor*> PluginRegistry::loaded() const {
    const std::lock_guard lock(state_->mutex);
    auto all = state_->linked;
    all.insert(all.end(), state_->opened_in_order.begin(), state_->opened_in_order.end());
    return all;
}

} // namespace otto
