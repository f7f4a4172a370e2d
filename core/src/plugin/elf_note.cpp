#include "plugin/elf_note.hpp"

#include <otto/fingerprint.hpp>

#include <elf.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace otto {
namespace {

#if defined(__x86_64__)
constexpr std::uint16_t own_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr std::uint16_t own_machine = EM_AARCH64;
#elif defined(__riscv)
constexpr std::uint16_t own_machine = EM_RISCV;
#else
#error "unknown machine: add its ELF number"
#endif

// Notes are small; a segment that claims more is damaged, and reading it would cost memory.
constexpr std::uint64_t largest_segment = 64 * 1024;

std::string machine_name(std::uint16_t machine) {
    switch (machine) {
    case EM_X86_64:
        return "x86-64";
    case EM_AARCH64:
        return "aarch64";
    case EM_RISCV:
        return "risc-v";
    case EM_ARM:
        return "arm";
    case EM_386:
        return "x86";
    case EM_PPC64:
        return "ppc64";
    case EM_S390:
        return "s390";
    default:
        return "machine " + std::to_string(machine);
    }
}

template <class T>
bool read_value(const ReadAt& read, std::uint64_t offset, T& value) {
    return read(offset, std::as_writable_bytes(std::span(&value, 1)));
}

constexpr std::uint64_t padded(std::uint64_t size, std::uint64_t alignment) {
    return (size + alignment - 1) / alignment * alignment;
}

// The text goes to terminals and logs.
bool is_plain_text(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); });
}

} // namespace

ReadAt read_from(std::span<const std::byte> bytes) {
    return [bytes](std::uint64_t offset, std::span<std::byte> into) {
        if (offset > bytes.size() || into.size() > bytes.size() - offset) return false;
        std::ranges::copy(bytes.subspan(offset, into.size()), into.begin());
        return true;
    };
}

ReadAt read_from_descriptor(int descriptor) {
    return [descriptor](std::uint64_t offset, std::span<std::byte> into) {
        while (!into.empty()) {
            if (!std::in_range<off_t>(offset)) return false;
            const ssize_t got = ::pread(descriptor, into.data(), into.size(), static_cast<off_t>(offset));
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) return false;
            offset += static_cast<std::uint64_t>(got);
            into = into.subspan(static_cast<std::size_t>(got));
        }
        return true;
    };
}

ElfNoteReader::ElfNoteReader(ReadAt read)
    : read_(std::move(read)) {}

std::optional<std::string> ElfNoteReader::fail(std::string why) {
    if (fault_.empty()) fault_ = std::move(why);
    return std::nullopt;
}

std::optional<std::string> ElfNoteReader::read() {
    const auto headers = read_header();
    if (!headers) return std::nullopt;
    for (std::uint16_t index = 0; index < headers->count; ++index) {
        Elf64_Phdr header;
        const std::uint64_t at = std::uint64_t{index} * headers->entry_size;
        if (headers->offset > UINT64_MAX - at || !read_value(read_, headers->offset + at, header))
            return fail("is truncated");
        if (header.p_type != PT_NOTE) continue;
        auto text = read_segment({header.p_offset, header.p_filesz, header.p_align});
        if (text || !fault_.empty()) return text;
    }
    return fail("is not an otto plugin (it has no .note.otto.plugin)");
}

std::optional<ElfNoteReader::ProgramHeaders> ElfNoteReader::read_header() {
    const auto fault = [this](std::string why) {
        fault_ = std::move(why);
        return std::nullopt;
    };
    unsigned char identity[EI_NIDENT];
    if (!read_value(read_, 0, identity)) return fault("is not an ELF file");
    if (std::memcmp(identity, ELFMAG, SELFMAG) != 0) return fault("is not an ELF file");
    if (identity[EI_CLASS] != ELFCLASS64) return fault("is not a 64-bit ELF file");
    if (identity[EI_DATA] != ELFDATA2LSB) return fault("is not a little-endian ELF file");
    Elf64_Ehdr header;
    if (!read_value(read_, 0, header)) return fault("is truncated");
    if (header.e_machine != own_machine)
        return fault("was built for " + machine_name(header.e_machine) + ", and this otto runs on " +
                     machine_name(own_machine));
    if (header.e_type != ET_DYN) return fault("is not a shared library");
    if (header.e_phnum != 0 && header.e_phentsize < sizeof(Elf64_Phdr))
        return fault("has a damaged ELF header");
    return ProgramHeaders{header.e_phoff, header.e_phentsize, header.e_phnum};
}

// The otto note of one segment; nothing without a fault if the segment holds other notes.
std::optional<std::string> ElfNoteReader::read_segment(const Segment& segment) {
    if (segment.size > largest_segment) return fail("has a note segment of unreasonable size");
    std::vector<std::byte> bytes(segment.size);
    if (!read_(segment.offset, bytes)) return fail("is truncated");
    const ReadAt read = read_from(bytes);
    const std::uint64_t alignment = segment.alignment == 8 ? 8 : 4;

    for (std::uint64_t at = 0; at < bytes.size();) {
        Elf64_Nhdr note;
        if (!read_value(read, at, note)) return fail("has a damaged note segment");
        const std::uint64_t name_at = at + sizeof note;
        const std::uint64_t text_at = at + padded(sizeof note + note.n_namesz, alignment);
        if (text_at > bytes.size() || note.n_descsz > bytes.size() - text_at)
            return fail("has a damaged note segment");
        const auto* chars = reinterpret_cast<const char*>(bytes.data());
        const std::string_view name(chars + name_at, note.n_namesz);
        if (name == std::string_view("otto", 5) && note.n_type == detail::plugin_note_type) {
            std::string_view text(chars + text_at, note.n_descsz);
            text = text.substr(0, text.find('\0'));
            if (!is_plain_text(text)) return fail("has a damaged otto note");
            return std::string(text);
        }
        at = text_at + padded(note.n_descsz, alignment);
    }
    return std::nullopt;
}

} // namespace otto
