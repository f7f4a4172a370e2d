// A lab file's text: whatever it holds, a tree within the limits or a fault comes out.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <lab/yaml_tree.hpp>

namespace {

void check(const otto::YamlNode& node, std::size_t depth) {
    if (depth > otto::YamlLimits::depth) std::abort();
    for (const auto& item : node.items)
        check(*item, depth + 1);
    for (const auto& entry : node.entries)
        check(*entry.value, depth + 1);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto document = otto::read_yaml({reinterpret_cast<const char*>(data), size});
    if (!document.root && document.faults.empty()) std::abort();
    if (document.root) check(*document.root, 1);
    return 0;
}
