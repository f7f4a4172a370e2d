// Lab files.
#include "fuzz.hpp"
#include "lab/yaml_tree.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const otto::YamlDocument document = otto::read_yaml(as_text(data, size));
    must(document.root != nullptr || !document.faults.empty());
    must(document.faults.size() <= otto::YamlLimits::faults + 1);
    if (document.root && document.faults.empty()) {
        must(document.root->height <= otto::YamlLimits::depth + 1);
        must(document.root->weight <= otto::YamlLimits::nodes + otto::YamlLimits::alias_nodes);
    }
    return 0;
}
