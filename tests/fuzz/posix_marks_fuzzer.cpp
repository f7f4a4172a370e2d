// However a stream is cut, the same bytes are output, and nothing is lost: output, dropped bytes and marks
// make the whole.
#include <otto/sdk/posix_marks.hpp>

#include <cstdint>

namespace {

struct Run {
    otto::sdk::MarkScanner scanner{"0f"};
    std::string out;

    void feed(std::string_view bytes) {
        const otto::sdk::MarkScanner::Output give = [this](std::string_view text) { out += text; };
        scanner.feed(bytes, give);
    }
    void finish() {
        const otto::sdk::MarkScanner::Output give = [this](std::string_view text) { out += text; };
        scanner.finish(give);
    }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    Run whole;
    Run cut;
    whole.scanner.expect_command(1);
    cut.scanner.expect_command(1);
    whole.feed(bytes);
    for (const char& c : bytes)
        cut.feed(std::string_view(&c, 1));
    whole.finish();
    cut.finish();
    if (whole.out != cut.out || whole.scanner.done() != cut.scanner.done()) __builtin_trap();
    if (whole.scanner.status() != cut.scanner.status()) __builtin_trap();
    if (whole.out.size() + whole.scanner.dropped() > size) __builtin_trap();
    return 0;
}
