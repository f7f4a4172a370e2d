#include "elf_image.hpp"

#include <plugin/elf_note.hpp>
#include <support/catch.hpp>

using namespace otto;
using namespace otto::test;

namespace {

std::string text_of(const Bytes& image) {
    ElfNoteReader reader(read_from(image));
    return reader.read().value_or("fault: " + reader.fault());
}

const std::string sample = "abi=1\nplugin=x\n";

} // namespace

TEST_CASE("the otto note is found among other notes and segments") {
    Bytes crowded = note("GNU", 3, std::string(20, 'b'));
    const Bytes own = otto_note(sample);
    crowded.insert(crowded.end(), own.begin(), own.end());
    CHECK(text_of(elf_image({own})) == sample);
    CHECK(text_of(elf_image({crowded})) == sample);
    CHECK(text_of(elf_image({note("GNU", 5, "x"), own})) == sample);
}

TEST_CASE("notes of segments with eight byte alignment are padded to eight") {
    Bytes property = note(std::string_view("GNU", 4), 5, std::string(12, 'p'), 8);
    const Bytes own = note(std::string_view("otto", 5), detail::plugin_note_type, sample, 8);
    property.insert(property.end(), own.begin(), own.end());
    CHECK(text_of(elf_image({property}, own_header(), 8)) == sample);
}

TEST_CASE("a note of another owner or type is not otto's") {
    const std::string none = "fault: is not an otto plugin (it has no .note.otto.plugin)";
    CHECK(text_of(elf_image({})) == none);
    CHECK(text_of(elf_image({note("otto", detail::plugin_note_type, sample)})) == none);
    CHECK(text_of(elf_image({note(std::string_view("otto", 5), 1, sample)})) == none);
}

TEST_CASE("each way of not being an ELF file of this machine has a sentence") {
    CHECK(text_of({}) == "fault: is not an ELF file");
    Bytes script;
    append_padded(script, "#!/bin/sh\necho this is a script\n", 64);
    CHECK(text_of(script) == "fault: is not an ELF file");

    Elf64_Ehdr header = own_header();
    header.e_ident[EI_CLASS] = ELFCLASS32;
    CHECK(text_of(elf_image({}, header)) == "fault: is not a 64-bit ELF file");
    header = own_header();
    header.e_ident[EI_DATA] = ELFDATA2MSB;
    CHECK(text_of(elf_image({}, header)) == "fault: is not a little-endian ELF file");
    header = own_header();
    header.e_type = ET_EXEC;
    CHECK(text_of(elf_image({}, header)) == "fault: is not a shared library");
    header = own_header();
    header.e_machine = EM_S390;
    CHECK(text_of(elf_image({}, header)).starts_with("fault: was built for s390, and this otto runs on "));
}

TEST_CASE("a truncated file is refused at every length") {
    const Bytes whole = elf_image({note("GNU", 3, "1234"), otto_note(sample)});
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        INFO("length " << length);
        CHECK(text_of(part).starts_with("fault: "));
    }
}

TEST_CASE("offsets and sizes that lead out of the file are refused") {
    Elf64_Ehdr header = own_header();
    header.e_phoff = UINT64_MAX - 8;
    CHECK(text_of(elf_image({otto_note(sample)}, header)) == "fault: is truncated");
    header = own_header();
    header.e_phentsize = 8;
    CHECK(text_of(elf_image({otto_note(sample)}, header)) == "fault: has a damaged ELF header");

    Bytes image = elf_image({otto_note(sample)});
    const auto set = [&](std::size_t at, auto value) {
        std::memcpy(image.data() + at, &value, sizeof value);
    };
    const std::size_t program = sizeof(Elf64_Ehdr);
    set(program + offsetof(Elf64_Phdr, p_filesz), std::uint64_t{1} << 40);
    CHECK(text_of(image) == "fault: has a note segment of unreasonable size");
    image = elf_image({otto_note(sample)});
    set(program + offsetof(Elf64_Phdr, p_offset), UINT64_MAX);
    CHECK(text_of(image) == "fault: is truncated");
    for (const std::size_t field : {offsetof(Elf64_Nhdr, n_namesz), offsetof(Elf64_Nhdr, n_descsz)}) {
        image = elf_image({otto_note(sample)});
        set(program + sizeof(Elf64_Phdr) + field, std::uint32_t{0xffffffff});
        CHECK(text_of(image) == "fault: has a damaged note segment");
    }
}

TEST_CASE("a note that would write control characters on a terminal is refused") {
    CHECK(text_of(elf_image({otto_note("plugin=\x1b[2Jx\n")})) == "fault: has a damaged otto note");
}
