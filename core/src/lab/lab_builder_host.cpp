// One host of a lab: which layer gives each key, and the check against the driver's table.
#include "lab/lab_builder.hpp"
#include "lab/option_parse.hpp"

#include <algorithm>

namespace otto {
namespace {

std::vector<std::string> keys_of(const std::map<std::string, Layer>& groups) {
    std::vector<std::string> names;
    for (const auto& [name, layer] : groups)
        names.push_back(name);
    return names;
}

} // namespace

void unite_texts(std::vector<std::string>& all, const std::vector<std::string>& more) {
    for (const std::string& text : more)
        if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(text);
}

void set_table_defaults(const KnownDriver& driver, OptionValues& options) {
    for (const auto& [name, row] : driver.options)
        if (row->default_value && !options.has(name))
            options.set(std::string(name), parse_option(*row, row->default_value));
}

LabBuilder::Found LabBuilder::find(const std::vector<Source>& sources, std::string_view key) {
    for (const Source& source : sources)
        if (const YamlEntry* entry = source.keys->find(key)) return {entry, &source};
    return {};
}

LabBuilder::Built LabBuilder::build_host(File& file, const RawHost& host, const IdRange::Id& id) {
    Built built{HostSpec(std::string()), {}, false};
    HostSpec& spec = built.spec;
    spec.id_ = id.text;
    spec.mark_ = host.mark;
    std::vector<Source> sources;
    sources.push_back(
        {host.node.get(), {"host '" + id.text + "'", host.ids.has_range() ? &id.numbers : nullptr}, true});
    add_groups(file, sources, spec);
    const KnownDriver* driver = read_driver(file, sources, spec);
    read_core_keys(file, sources, driver, built);
    if (driver && driver->descriptor) {
        check_own_keys(file.raw, sources.front(), *driver);
        read_options(file, sources, *driver, spec);
    }
    return built;
}

void LabBuilder::add_groups(File& file, std::vector<Source>& sources, HostSpec& spec) {
    const RawLab& raw = file.raw;
    const Source own = sources.front();
    Source defaults{raw.defaults ? raw.defaults->node.get() : nullptr, {"defaults", nullptr}, false};
    if (defaults.keys) sources.push_back(defaults);
    if (const Found found = find(sources, "group")) {
        const KeyOwner owner = found.source->owner;
        if (auto names = file.reader.read_texts(*found.entry, owner)) spec.groups_ = std::move(*names);
        for (const std::string& name : spec.groups_)
            if (!raw.groups.contains(name))
                faults_.add(file.reader.mark(*found.entry), owner.title + ": unknown group '" + name + "'" +
                                                                did_you_mean(name, keys_of(raw.groups)));
    }
    sources.assign(1, own);
    for (auto name = spec.groups_.rbegin(); name != spec.groups_.rend(); ++name)
        if (const auto group = raw.groups.find(*name); group != raw.groups.end())
            sources.push_back({group->second.node.get(), {group->second.title, nullptr}, false});
    if (defaults.keys) sources.push_back(defaults);
}

std::optional<DriverWanted> LabBuilder::read_wanted(File& file, const Found& found) {
    const YamlNode& value = *found.entry->value;
    DriverWanted wanted;
    wanted.mark = file.reader.mark(*found.entry);
    if (value.kind != YamlNode::Kind::mapping) {
        const auto name = file.reader.read_text(*found.entry, found.source->owner);
        if (!name) return std::nullopt;
        wanted.name = *name;
        return wanted;
    }
    const std::string& title = found.source->owner.title;
    for (const YamlEntry& entry : value.entries) {
        const auto text = file.reader.read_text(entry, found.source->owner);
        if (entry.key == "name")
            wanted.name = text.value_or(std::string());
        else if (entry.key == "plugin")
            wanted.plugin = text.value_or(std::string());
        else
            faults_.add(file.raw.mark(entry.mark), title + ": unknown key '" + entry.key + "' of 'driver'" +
                                                       did_you_mean(entry.key, {"plugin", "name"}));
    }
    if (wanted.plugin && wanted.plugin->is_absolute() && !wanted.name.empty()) return wanted;
    faults_.add(wanted.mark, title +
                                 ": write 'driver: {plugin: /path/to/otto-NAME.so, name: DRIVER}', with the "
                                 "plugin's absolute path");
    return std::nullopt;
}

const KnownDriver* LabBuilder::read_driver(File& file, const std::vector<Source>& sources, HostSpec& spec) {
    const Found found = find(sources, "driver");
    const bool group_missing =
        std::any_of(spec.groups_.begin(), spec.groups_.end(),
                    [&](const std::string& name) { return !file.raw.groups.contains(name); });
    if (!found && group_missing) return nullptr; // told already; the driver may well be in that group
    if (!found) {
        faults_.add(spec.mark_,
                    sources.front().owner.title + ": 'driver' is missing, such as 'driver: unix'");
        return nullptr;
    }
    const auto wanted = read_wanted(file, found);
    if (!wanted) return nullptr;
    spec.wanted_ = *wanted;
    const KnownDriver& driver = drivers_.find(*wanted, found.source->owner.title, faults_);
    file.drivers.insert(&driver);
    return &driver;
}

void LabBuilder::read_core_keys(File& file, const std::vector<Source>& sources, const KnownDriver* driver,
                                Built& built) {
    read_address(file, sources, driver, built);
    read_timeout(file, sources, built.spec);
    read_isolation(file, sources, built.spec);
    built.spec.tags_ = unite(file, sources, "tags");
    built.spec.resources_ = unite(file, sources, "resources");
}

void LabBuilder::read_address(File& file, const std::vector<Source>& sources, const KnownDriver* driver,
                              Built& built) {
    for (const char* key : {"address", "hop"}) {
        const Found found = find(sources, key);
        if (!found) continue;
        if (driver && !driver->takes_address()) {
            if (found.source->own)
                faults_.add(file.raw.mark(found.entry->mark), found.source->owner.title + ": driver '" +
                                                                  driver->name + "' takes no '" + key + "'");
            continue;
        }
        auto text = file.reader.read_text(*found.entry, found.source->owner);
        if (std::string_view(key) == "hop") built.hop_mark = file.reader.mark(*found.entry);
        (std::string_view(key) == "hop" ? built.spec.hop_ : built.spec.address_) = std::move(text);
    }
}

void LabBuilder::read_timeout(File& file, const std::vector<Source>& sources, HostSpec& spec) {
    static constexpr OptionSpec row = {"timeout", OptionKind::duration, false, nullptr,
                                       "1ms..",   "deadline of a verb"};
    if (const Found found = find(sources, row.name))
        if (const auto value = read_option(file, row, found)) spec.timeout_ = std::get<Duration>(*value);
}

void LabBuilder::read_isolation(File& file, const std::vector<Source>& sources, HostSpec& spec) {
    static constexpr OptionSpec row = {"isolation", OptionKind::choice,
                                       false,       nullptr,
                                       "none",      "whether the driver runs in a process of its own"};
    if (const Found found = find(sources, row.name))
        if (const auto value = read_option(file, row, found)) spec.isolation_ = std::get<std::string>(*value);
}

std::vector<std::string> LabBuilder::unite(File& file, const std::vector<Source>& sources,
                                           std::string_view key) {
    std::vector<std::string> all;
    for (const Source& source : sources)
        if (const YamlEntry* entry = source.keys->find(key))
            unite_texts(all,
                        file.reader.read_texts(*entry, source.owner).value_or(std::vector<std::string>()));
    return all;
}

std::optional<OptionValue> LabBuilder::read_option(File& file, const OptionSpec& row, const Found& found) {
    if (found.source->own) return file.reader.read(row, *found.entry, found.source->owner);
    const std::pair key(found.entry->value.get(), &row);
    auto known = file.shared.find(key);
    if (known == file.shared.end())
        known = file.shared.emplace(key, file.reader.read(row, *found.entry, found.source->owner)).first;
    return known->second;
}

void LabBuilder::read_options(File& file, const std::vector<Source>& sources, const KnownDriver& driver,
                              HostSpec& spec) {
    for (const auto& [name, row] : driver.options) {
        if (is_core_key(name)) continue;
        if (const Found found = find(sources, name)) {
            if (auto value = read_option(file, *row, found))
                spec.options_.set(std::string(name), std::move(*value), file.reader.mark(*found.entry));
        } else if (row->required) {
            faults_.add(spec.mark_, sources.front().owner.title + ": driver '" + driver.name +
                                        "' needs option '" + std::string(name) + "' (" + row->help + ")");
        }
    }
    set_table_defaults(driver, spec.options_);
}

void LabBuilder::check_own_keys(const RawLab& raw, const Source& own, const KnownDriver& driver) {
    for (const YamlEntry& entry : own.keys->entries)
        if (!is_core_key(entry.key) && !driver.option(entry.key))
            faults_.add(raw.mark(entry.mark),
                        own.owner.title + ": " + driver.unknown_option(entry.key, core_keys()));
}

} // namespace otto
