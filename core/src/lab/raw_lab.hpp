// One lab file's sections, before drivers are known: the tree sorted into defaults, groups, hosts and the
// rest.
#pragma once

#include "lab/fault_list.hpp"
#include "lab/id_range.hpp"
#include "lab/lab_source.hpp"
#include "lab/yaml_tree.hpp"

#include <otto/lab.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace otto {

// A mapping of keys that hosts take values from.
struct Layer {
    std::string title; // "defaults", "group 'routers'"
    SourceMark mark;
    YamlPtr node; // a mapping; null for an empty one
};

struct RawHost {
    std::string key; // "web[01-40]"
    SourceMark mark;
    IdRange ids;
    YamlPtr node;
};

struct RawLab {
    std::string file;
    std::string base;
    bool trusted = false;
    std::optional<Layer> defaults;
    std::map<std::string, Layer> groups;
    std::vector<RawHost> hosts;
    std::vector<std::string> resources;
    std::optional<ReservationSettings> reservations;

    [[nodiscard]] SourceMark mark(const YamlMark& at) const { return {file, at.line, at.column}; }
};

// Faults go to the list; what could be read is returned.
RawLab read_raw_lab(const LabSource& source, FaultList& faults);

// A sequence of texts, or one text. Throws Error(lab) with the reason alone.
std::vector<std::string> read_text_list(const YamlNode& node);

} // namespace otto
