// YAML as a small tree of our own, built from yaml-cpp's events, so that the limits hold before anything
// grows: the parser's own node builder takes gigabytes for 50 MB, keeps duplicate keys silently and expands
// alias bombs. Every node keeps its place. Sans I/O.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace otto {

// Both count from 1; 0 means unknown.
struct YamlMark {
    int line = 0;
    int column = 0;
};

struct YamlNode;
using YamlPtr = std::shared_ptr<const YamlNode>;

struct YamlEntry {
    std::string key;
    YamlMark mark; // of the key
    YamlPtr value;
};

struct YamlNode {
    enum class Kind { null, scalar, sequence, mapping };

    Kind kind = Kind::null;
    YamlMark mark;    // a null's is that of its key; an alias's is its own, its children have the anchor's
    std::string tag;  // "!env"; empty for a node without one
    std::string text; // of a scalar, as written
    std::vector<YamlPtr> items;
    std::vector<YamlEntry> entries;
    std::size_t weight =
        1; // nodes below and including this one, aliases counted as often as they are reached
    std::size_t height = 1;

    [[nodiscard]] const YamlEntry* find(std::string_view key) const noexcept;
};

struct YamlFault {
    YamlMark mark;
    std::string message;
};

struct YamlDocument {
    YamlPtr root; // null if the text could not be read; a null node for an empty text
    std::vector<YamlFault> faults;
};

struct YamlLimits {
    static constexpr std::size_t bytes = 8 * 1024 * 1024;
    static constexpr std::size_t depth = 64;
    static constexpr std::size_t nodes = 1'000'000;
    static constexpr std::size_t alias_nodes = 100'000;
    static constexpr std::size_t faults = 100; // of the syntax; more would only hide the first
};

// Never throws for what the text holds. Merge keys and duplicate keys are faults with the way to write it.
YamlDocument read_yaml(std::string_view text);

} // namespace otto
