// Reads the values of options from a lab's tree. Faults go to the list, with the place of the value.
#pragma once

#include "lab/fault_list.hpp"
#include "lab/raw_lab.hpp"

#include <otto/option.hpp>

#include <optional>
#include <string>
#include <vector>

namespace otto {

// Whose keys are read, and the numbers of its range; keys of defaults and groups have none, their text stays
// as it is.
struct KeyOwner {
    std::string title; // "host 'web01'", "defaults"
    const std::vector<std::string>* numbers = nullptr;
};

class OptionReader {
  public:
    OptionReader(const RawLab& lab, FaultList& faults)
        : lab_(lab)
        , faults_(faults) {}

    std::optional<OptionValue> read(const OptionSpec& spec, const YamlEntry& entry, const KeyOwner& owner);

    // The text of a key that takes one.
    std::optional<std::string> read_text(const YamlEntry& entry, const KeyOwner& owner);
    // One text or a sequence of them.
    std::optional<std::vector<std::string>> read_texts(const YamlEntry& entry, const KeyOwner& owner);

    // The place of the value; the key's if it has none.
    [[nodiscard]] SourceMark mark(const YamlEntry& entry) const { return lab_.mark(entry.value->mark); }

  private:
    OptionValue value_of(const OptionSpec& spec, const YamlNode& node, const KeyOwner& owner);
    Secret secret_of(const OptionSpec& spec, const YamlNode& node, const KeyOwner& owner);
    std::string text_of(const YamlNode& node, const KeyOwner& owner);

    const RawLab& lab_;
    FaultList& faults_;
};

} // namespace otto
