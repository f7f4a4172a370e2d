// Makes a Lab of the files' sections: layers become hosts, options are checked against the drivers' tables,
// labs are merged, hops are followed. Every fault goes to the list; finish() throws them all at once.
#pragma once

#include "lab/driver_table.hpp"
#include "lab/fault_list.hpp"
#include "lab/option_reader.hpp"
#include "lab/raw_lab.hpp"

#include <otto/lab.hpp>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace otto {

class LabBuilder {
  public:
    LabBuilder(std::shared_ptr<PluginRegistry> plugins, FaultList& faults);

    void add(const LabSource& source);
    Lab finish();

    // The public check_spec and apply_overrides, which write the spec's private members.
    static HostSpec check(const HostSpec& spec, PluginRegistry& plugins);
    static HostSpec apply(const HostSpec& spec, const Overrides& overrides, PluginRegistry& plugins,
                          bool skip_unknown);

  private:
    struct Built {
        HostSpec spec;
        SourceMark hop_mark;
        bool broken = false; // it has faults, so its values say nothing
    };
    // Where a host takes a key from: itself, its groups (the last first), the defaults.
    struct Source {
        const YamlNode* keys;
        KeyOwner owner;
        bool own;
    };
    struct Found {
        const YamlEntry* entry = nullptr;
        const Source* source = nullptr;
        explicit operator bool() const noexcept { return entry != nullptr; }
    };
    // One file while it is read.
    struct File {
        const RawLab& raw;
        OptionReader reader;
        std::set<const KnownDriver*> drivers; // of its hosts
        // Values of defaults and groups, checked once for each driver's row; nullopt for a faulty one.
        std::map<std::pair<const YamlNode*, const OptionSpec*>, std::optional<OptionValue>> shared;
    };

    void build_range(File& file, const RawHost& host);
    Built build_host(File& file, const RawHost& host, const IdRange::Id& id);
    void add_groups(File& file, std::vector<Source>& sources, HostSpec& spec);
    static Found find(const std::vector<Source>& sources, std::string_view key);
    const KnownDriver* read_driver(File& file, const std::vector<Source>& sources, HostSpec& spec);
    std::optional<DriverWanted> read_wanted(File& file, const Found& found);
    void read_core_keys(File& file, const std::vector<Source>& sources, const KnownDriver* driver,
                        Built& built);
    void read_address(File& file, const std::vector<Source>& sources, const KnownDriver* driver,
                      Built& built);
    void read_timeout(File& file, const std::vector<Source>& sources, HostSpec& spec);
    void read_isolation(File& file, const std::vector<Source>& sources, HostSpec& spec);
    std::vector<std::string> unite(File& file, const std::vector<Source>& sources, std::string_view key);
    void read_options(File& file, const std::vector<Source>& sources, const KnownDriver& driver,
                      HostSpec& spec);
    std::optional<OptionValue> read_option(File& file, const OptionSpec& row, const Found& found);
    void check_own_keys(const RawLab& raw, const Source& own, const KnownDriver& driver);
    void check_layer(const File& file, const Layer& layer);

    void insert(Built built);
    void merge(Built& known, const Built& other);
    void merge_reservations(const RawLab& raw);
    void check_hops();
    void check_hop_cycle(std::size_t index, std::vector<int>& state);
    [[nodiscard]] std::vector<std::string> ids() const;

    std::shared_ptr<PluginRegistry> plugins_;
    FaultList& faults_;
    DriverTable drivers_;
    std::vector<std::string> names_;
    std::vector<std::filesystem::path> files_;
    std::vector<Built> hosts_;
    std::unordered_map<std::string, std::size_t> by_id_;
    std::vector<std::string> resources_;
    std::optional<ReservationSettings> reservations_;
};

// Appends what is not there yet.
void unite_texts(std::vector<std::string>& all, const std::vector<std::string>& more);

// The table's own defaults, checked; for options that have no value. Faults of a table are the plugin
// loader's.
void set_table_defaults(const KnownDriver& driver, OptionValues& options);

} // namespace otto
