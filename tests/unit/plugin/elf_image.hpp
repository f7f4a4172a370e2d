// Small ELF files, made by hand so that every field can be wrong.
#pragma once

#include <otto/fingerprint.hpp>

#include <elf.h>

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace otto::test {

using Bytes = std::vector<std::byte>;

template <class T>
void append(Bytes& bytes, const T& value) {
    const auto raw = std::as_bytes(std::span(&value, 1));
    bytes.insert(bytes.end(), raw.begin(), raw.end());
}

inline void append_padded(Bytes& bytes, std::string_view text, std::size_t alignment) {
    const auto raw = std::as_bytes(std::span(text));
    bytes.insert(bytes.end(), raw.begin(), raw.end());
    while (bytes.size() % alignment != 0)
        bytes.push_back(std::byte{0});
}

inline Bytes note(std::string_view owner, std::uint32_t type, std::string_view text,
                  std::size_t alignment = 4) {
    Bytes bytes;
    append(bytes,
           Elf64_Nhdr{static_cast<Elf64_Word>(owner.size()), static_cast<Elf64_Word>(text.size()), type});
    append_padded(bytes, owner, alignment);
    append_padded(bytes, text, alignment);
    return bytes;
}

inline Bytes otto_note(std::string_view text) {
    return note(std::string_view("otto", 5), detail::plugin_note_type, text);
}

inline Elf64_Ehdr own_header() {
    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_type = ET_DYN;
#if defined(__aarch64__)
    header.e_machine = EM_AARCH64;
#else
    header.e_machine = EM_X86_64;
#endif
    header.e_phoff = sizeof(Elf64_Ehdr);
    header.e_phentsize = sizeof(Elf64_Phdr);
    return header;
}

// A shared library that holds nothing but these note segments.
inline Bytes elf_image(const std::vector<Bytes>& segments, Elf64_Ehdr header = own_header(),
                       std::uint64_t alignment = 4) {
    header.e_phnum = static_cast<Elf64_Half>(segments.size());
    Bytes bytes;
    append(bytes, header);
    std::uint64_t at = sizeof header + segments.size() * sizeof(Elf64_Phdr);
    for (const auto& segment : segments) {
        Elf64_Phdr program{};
        program.p_type = PT_NOTE;
        program.p_offset = at;
        program.p_filesz = segment.size();
        program.p_align = alignment;
        append(bytes, program);
        at += segment.size();
    }
    for (const auto& segment : segments)
        bytes.insert(bytes.end(), segment.begin(), segment.end());
    return bytes;
}

} // namespace otto::test
