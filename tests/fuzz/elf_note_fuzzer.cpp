// Any bytes may lie in a plugin directory: reading a note and taking it apart must not depend on what they
// are.
#include <otto/fingerprint.hpp>

#include <cstdint>
#include <plugin/elf_note.hpp>
#include <plugin/fingerprint_compare.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    otto::ElfNoteReader reader(otto::read_from(std::as_bytes(std::span(data, size))));
    const auto text = reader.read();
    if (!text && reader.fault().empty()) __builtin_trap();
    const auto note = otto::parse_note(text.value_or(std::string(reinterpret_cast<const char*>(data), size)));
    const auto differences = otto::compare_fingerprints(note.fingerprint, OTTO_FINGERPRINT);
    if (!differences.empty() && otto::format_differences(differences).empty()) __builtin_trap();
    return 0;
}
