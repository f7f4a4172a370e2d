// Reads the otto note of a shared library from the file's bytes, without loading the file.
// Source: System V gABI, chapters "ELF Header", "Program Header" and "Note Section".
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace otto {

// Copies `into.size()` bytes from `offset`; false if the file has no such bytes. Not a mapping, because a
// file that is cut short while it is mapped kills the reader.
using ReadAt = std::function<bool(std::uint64_t offset, std::span<std::byte> into)>;

ReadAt read_from(std::span<const std::byte> bytes);
ReadAt read_from_descriptor(int descriptor);

class ElfNoteReader {
  public:
    explicit ElfNoteReader(ReadAt read);

    // The note's text, or nothing and then fault() says why.
    std::optional<std::string> read();
    // "is not an ELF file": a sentence about the file that lacks its subject.
    [[nodiscard]] const std::string& fault() const noexcept { return fault_; }

  private:
    struct ProgramHeaders {
        std::uint64_t offset;
        std::uint16_t entry_size;
        std::uint16_t count;
    };
    struct Segment {
        std::uint64_t offset;
        std::uint64_t size;
        std::uint64_t alignment;
    };

    std::optional<ProgramHeaders> read_header();
    std::optional<std::string> read_segment(const Segment& segment);
    std::optional<std::string> fail(std::string why);

    ReadAt read_;
    std::string fault_;
};

} // namespace otto
