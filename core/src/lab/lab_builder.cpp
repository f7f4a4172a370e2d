#include "lab/lab_builder.hpp"

#include "lab/lab_data.hpp"

#include <algorithm>

namespace otto {
namespace {

// Whether two options hold the same: secrets by their reference.
bool same_value(const OptionValue& left, const OptionValue& right) {
    if (const auto* secret = std::get_if<Secret>(&left)) {
        const auto* other = std::get_if<Secret>(&right);
        return other && secret->identity() == other->identity();
    }
    return std::visit(
        [&](const auto& value) {
            using T = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<T, Secret>) {
                return false;
            } else {
                const T* other = std::get_if<T>(&right);
                return other && *other == value;
            }
        },
        left);
}

// The first option that differs, or nothing.
std::optional<std::string> differing_option(const OptionValues& left, const OptionValues& right) {
    std::vector<std::string> names = left.names();
    unite_texts(names, right.names());
    for (const std::string& name : names)
        if (!left.has(name) || !right.has(name) || !same_value(*left.find(name), *right.find(name)))
            return name;
    return std::nullopt;
}

std::string joined(const std::vector<std::string>& texts, std::string_view separator) {
    std::string all;
    for (const std::string& text : texts)
        all += (all.empty() ? std::string() : std::string(separator)) + text;
    return all;
}

} // namespace

LabBuilder::LabBuilder(std::shared_ptr<PluginRegistry> plugins, FaultList& faults)
    : plugins_(std::move(plugins))
    , faults_(faults)
    , drivers_(*plugins_) {}

void LabBuilder::add(const LabSource& source) {
    const RawLab raw = read_raw_lab(source, faults_);
    names_.push_back(source.name);
    if (!source.path.empty()) files_.push_back(source.path);
    unite_texts(resources_, raw.resources);
    merge_reservations(raw);
    File file{raw, OptionReader(raw, faults_), {}, {}};
    for (const RawHost& host : raw.hosts)
        build_range(file, host);
    if (raw.defaults) check_layer(file, *raw.defaults);
    for (const auto& [name, layer] : raw.groups)
        check_layer(file, layer);
}

void LabBuilder::build_range(File& file, const RawHost& host) {
    bool broken = false;
    for (std::size_t i = 0; i < host.ids.size(); ++i) {
        const IdRange::Id id = host.ids[i];
        const std::size_t before = faults_.reported();
        Built built{HostSpec(std::string()), {}, true};
        if (broken) {
            // The first faulty host of a range speaks for the others, which only keep their ids.
            built.spec.id_ = id.text;
            built.spec.mark_ = host.mark;
        } else {
            built = build_host(file, host, id);
        }
        broken = broken || faults_.reported() != before;
        built.broken = broken;
        insert(std::move(built));
    }
}

void LabBuilder::insert(Built built) {
    const auto [place, fresh] = by_id_.emplace(built.spec.id_, hosts_.size());
    if (fresh) {
        hosts_.push_back(std::move(built));
        return;
    }
    Built& known = hosts_[place->second];
    if (known.spec.mark_.file == built.spec.mark_.file)
        faults_.add(built.spec.mark_, "host '" + built.spec.id_ + "' is already made in line " +
                                          std::to_string(known.spec.mark_.line) +
                                          ": take it out of one of the two");
    else if (!known.broken && !built.broken)
        merge(known, built);
}

// Two labs may name one host if they mean the same; what it belongs to unites.
void LabBuilder::merge(Built& known, const Built& other) {
    HostSpec& host = known.spec;
    const HostSpec& twin = other.spec;
    std::optional<std::string> differs;
    if (host.wanted_.name != twin.wanted_.name || host.wanted_.plugin != twin.wanted_.plugin)
        differs = "driver";
    else if (host.address_ != twin.address_)
        differs = "address";
    else if (host.hop_ != twin.hop_)
        differs = "hop";
    else if (host.timeout_ != twin.timeout_)
        differs = "timeout";
    else
        differs = differing_option(host.options_, twin.options_);
    if (differs) {
        faults_.add(twin.mark_, "host '" + host.id_ + "' is another one in " + to_string(host.mark_) + ": '" +
                                    *differs + "' differs (give one of the two another id)");
        return;
    }
    unite_texts(host.groups_, twin.groups_);
    unite_texts(host.tags_, twin.tags_);
    unite_texts(host.resources_, twin.resources_);
}

void LabBuilder::merge_reservations(const RawLab& raw) {
    if (!raw.reservations) return;
    if (!reservations_)
        reservations_ = raw.reservations;
    else if (reservations_->backend != raw.reservations->backend ||
             reservations_->settings != raw.reservations->settings)
        faults_.add(raw.reservations->mark, "reservations differ from those in " +
                                                to_string(reservations_->mark) +
                                                ": labs that are used together need the same");
}

// A key of defaults or a group is skipped for a host whose driver lacks it, but some driver of the file must
// have it. Nothing can be said while a driver's table is unknown.
void LabBuilder::check_layer(const File& file, const Layer& layer) {
    std::vector<std::string> known = core_keys();
    std::string names;
    for (const KnownDriver* driver : file.drivers) {
        if (!driver->descriptor) return;
        unite_texts(known, driver->option_names());
    }
    if (file.drivers.empty()) return;
    for (const YamlEntry& entry : layer.node->entries)
        if (std::find(known.begin(), known.end(), entry.key) == known.end())
            faults_.add(file.raw.mark(entry.mark), layer.title + ": no driver in this file has an option '" +
                                                       entry.key + "'" + did_you_mean(entry.key, known));
}

std::vector<std::string> LabBuilder::ids() const {
    std::vector<std::string> all;
    for (const Built& host : hosts_)
        all.push_back(host.spec.id_);
    return all;
}

void LabBuilder::check_hops() {
    for (const Built& host : hosts_)
        if (host.spec.hop_ && !by_id_.contains(*host.spec.hop_))
            faults_.add(host.hop_mark, "host '" + host.spec.id_ + "': unknown hop '" + *host.spec.hop_ + "'" +
                                           did_you_mean(*host.spec.hop_, ids()));
    std::vector<int> state(hosts_.size());
    for (std::size_t i = 0; i < hosts_.size(); ++i)
        check_hop_cycle(i, state);
}

// Follows the chain of hops from one host. `state` remembers what is settled (-1), so that each host is
// walked once.
void LabBuilder::check_hop_cycle(std::size_t index, std::vector<int>& state) {
    std::vector<std::size_t> chain;
    std::size_t at = index;
    while (state[at] == 0) {
        state[at] = 1;
        chain.push_back(at);
        const auto& hop = hosts_[at].spec.hop_;
        const auto next = hop ? by_id_.find(*hop) : by_id_.end();
        if (next == by_id_.end()) break;
        at = next->second;
    }
    const auto begin = std::find(chain.begin(), chain.end(), at);
    const auto& last_hop = chain.empty() ? std::nullopt : hosts_[chain.back()].spec.hop_;
    if (begin != chain.end() && last_hop == hosts_[at].spec.id_) {
        std::vector<std::string> names;
        for (auto host = begin; host != chain.end(); ++host)
            names.push_back(hosts_[*host].spec.id_);
        names.push_back(names.front());
        faults_.add(hosts_[at].hop_mark,
                    "host '" + names.front() + "' is reached through itself: " + joined(names, " -> "));
    }
    for (const std::size_t settled : chain)
        state[settled] = -1;
}

Lab LabBuilder::finish() {
    check_hops();
    faults_.throw_if_any();
    auto data = std::make_shared<Lab::Data>();
    data->name = joined(names_, "+");
    data->files = std::move(files_);
    data->hosts.reserve(hosts_.size());
    for (Built& host : hosts_)
        data->hosts.push_back(host.spec);
    data->by_id = std::move(by_id_);
    data->resources = std::move(resources_);
    data->reservations = std::move(reservations_);
    data->warnings = faults_.warnings();
    data->plugins = plugins_;
    return Lab(std::move(data));
}

} // namespace otto
