#include "lab/raw_lab.hpp"

#include "lab/option_text.hpp"

#include <algorithm>
#include <array>

namespace otto {
namespace {

const std::vector<std::string>& section_names() {
    static const std::vector<std::string> names = {"otto",      "defaults", "groups",
                                                   "resources", "hosts",    "reservations"};
    return names;
}

class RawReader {
  public:
    RawReader(const LabSource& source, FaultList& faults)
        : faults_(faults) {
        lab_.file = source.file;
        lab_.base = source.base;
        lab_.trusted = source.trusted;
    }

    RawLab read(std::string_view text) {
        const YamlDocument document = read_yaml(text);
        for (const YamlFault& fault : document.faults)
            add(fault.mark, fault.message);
        if (document.root) read_sections(*document.root);
        return std::move(lab_);
    }

  private:
    void add(const YamlMark& mark, std::string message) { faults_.add(lab_.mark(mark), std::move(message)); }

    // False, with a fault, unless the value is a mapping or empty.
    bool is_mapping(const YamlMark& mark, const YamlNode& node, const std::string& what) {
        if (!node.tag.empty())
            add(node.mark, what + " takes no tag '" + node.tag + "'");
        else if (node.kind != YamlNode::Kind::mapping && node.kind != YamlNode::Kind::null)
            add(mark, what + " must be a mapping of keys to values");
        else
            return true;
        return false;
    }

    void read_sections(const YamlNode& root) {
        if (root.kind == YamlNode::Kind::null) {
            add({1, 1}, "the file is empty: a lab begins with 'otto: 1'");
            return;
        }
        if (!is_mapping(root.mark, root, "a lab")) return;
        if (!root.find("otto")) add({1, 1}, "'otto: 1' is missing: it names the format of the file");
        for (const YamlEntry& entry : root.entries)
            read_section(entry);
    }

    void read_section(const YamlEntry& entry) {
        const YamlNode& value = *entry.value;
        if (entry.key == "otto")
            read_format(value);
        else if (entry.key == "defaults")
            read_defaults(entry);
        else if (entry.key == "groups")
            read_groups(entry);
        else if (entry.key == "hosts")
            read_hosts(entry);
        else if (entry.key == "resources")
            read_resources(value);
        else if (entry.key == "reservations")
            read_reservations(entry);
        else
            add(entry.mark, "unknown key '" + entry.key + "'" + did_you_mean(entry.key, section_names()) +
                                ": a lab has otto, defaults, groups, resources, hosts and reservations");
    }

    void read_format(const YamlNode& value) {
        if (value.kind != YamlNode::Kind::scalar || value.text != "1" || !value.tag.empty())
            add(value.mark, "expected 'otto: 1': this otto reads format 1 only");
    }

    void read_defaults(const YamlEntry& entry) {
        if (is_mapping(entry.mark, *entry.value, "defaults"))
            lab_.defaults = Layer{"defaults", lab_.mark(entry.mark), entry.value};
    }

    void read_groups(const YamlEntry& section) {
        if (!is_mapping(section.mark, *section.value, "groups")) return;
        for (const YamlEntry& entry : section.value->entries) {
            const std::string title = "group '" + entry.key + "'";
            try {
                check_id(entry.key);
            } catch (const Error&) {
                add(entry.mark, title + ": a name is made of letters, digits and . _ -");
            }
            if (const YamlEntry* nested = entry.value->find("group"))
                add(nested->mark,
                    title + ": groups do not nest: name both groups at the host, 'group: [a, b]'");
            else if (is_mapping(entry.mark, *entry.value, title))
                lab_.groups.insert_or_assign(entry.key, Layer{title, lab_.mark(entry.mark), entry.value});
        }
    }

    void read_hosts(const YamlEntry& section) {
        if (!is_mapping(section.mark, *section.value, "hosts")) return;
        std::size_t count = 0;
        for (const YamlEntry& entry : section.value->entries) {
            if (!is_mapping(entry.mark, *entry.value, "host '" + entry.key + "'")) continue;
            try {
                lab_.hosts.push_back({entry.key, lab_.mark(entry.mark), IdRange(entry.key), entry.value});
                count += lab_.hosts.back().ids.size();
                if (count > IdRange::most_ids) throw Error(Errc::lab, "more than 100,000 hosts in one file");
            } catch (const Error& error) {
                add(entry.mark, error.message());
            }
        }
        if (count > IdRange::most_ids) lab_.hosts.clear();
    }

    void read_resources(const YamlNode& value) {
        try {
            lab_.resources = read_text_list(value);
        } catch (const Error& error) {
            add(value.mark, "resources: " + error.message());
        }
    }

    void read_reservations(const YamlEntry& section) {
        if (!is_mapping(section.mark, *section.value, "reservations")) return;
        ReservationSettings settings;
        settings.mark = lab_.mark(section.mark);
        for (const YamlEntry& entry : section.value->entries) {
            const YamlNode& value = *entry.value;
            if (value.kind != YamlNode::Kind::scalar || !value.tag.empty() || value.text.empty())
                add(value.mark, "reservations: '" + entry.key + "' must be a text");
            else if (entry.key == "backend")
                settings.backend = value.text;
            else
                settings.settings[entry.key] =
                    is_path_key(entry.key) ? absolute_path(value.text, lab_.base) : value.text;
        }
        if (!section.value->find("backend"))
            add(section.mark, "reservations: 'backend' is missing, such as 'backend: json'");
        if (settings.backend == "json" && !settings.settings.contains("file"))
            add(section.mark, "reservations: backend 'json' needs 'file'");
        lab_.reservations = std::move(settings);
    }

    // The settings have no table, so paths are known by their names.
    static bool is_path_key(std::string_view key) {
        constexpr std::array<std::string_view, 4> names = {"file", "path", "dir", "directory"};
        return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
            return key == name || key.ends_with("_" + std::string(name));
        });
    }

    RawLab lab_;
    FaultList& faults_;
};

} // namespace

std::vector<std::string> read_text_list(const YamlNode& node) {
    const auto text_of = [](const YamlNode& item) {
        if (item.kind != YamlNode::Kind::scalar || !item.tag.empty() || item.text.empty())
            throw Error(Errc::lab, "expected a text, or a list of texts");
        return item.text;
    };
    if (node.kind != YamlNode::Kind::sequence || !node.tag.empty()) return {text_of(node)};
    std::vector<std::string> texts;
    for (const YamlPtr& item : node.items)
        texts.push_back(text_of(*item));
    return texts;
}

RawLab read_raw_lab(const LabSource& source, FaultList& faults) {
    return RawReader(source, faults).read(source.text);
}

} // namespace otto
