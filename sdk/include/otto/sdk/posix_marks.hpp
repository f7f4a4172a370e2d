// Finds the marks that a PosixFrame's shell prints, in one stream of bytes. No I/O; linear in what is read,
// and it holds back at most one mark's length.
//
// A mark is control character 036, a random number, a sequence number, a text, 036. The shell prints it from
// pieces, so that an echo of what was sent never contains one, and output with the character 036 in it stays
// output.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace otto::sdk {

class MarkScanner {
  public:
    using Output = std::function<void(std::string_view)>; // the bytes are valid during the call

    explicit MarkScanner(std::string nonce);

    // Drops everything up to the begin mark of this command (late output of an earlier one, an echo, a
    // prompt); what follows is output, up to the command's end mark.
    void expect_command(std::uint64_t sequence);
    // Drops everything up to the answer to this probe; `answer` is what only an evaluating shell can have
    // printed.
    void expect_probe(std::uint64_t sequence, std::string_view answer);

    void feed(std::string_view bytes, const Output& output);
    // The stream has ended: what was held back is output after all.
    void finish(const Output& output);

    // The expected mark has been seen. What comes then is dropped until the next expect_...
    [[nodiscard]] bool done() const noexcept { return phase_ == Phase::done; }
    // Of the command that ended.
    [[nodiscard]] int status() const noexcept { return status_; }
    // The shell itself ended, by `exit`, and put a fresh one in its place.
    [[nodiscard]] bool shell_replaced() const noexcept { return replaced_; }
    // Bytes dropped since construction.
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

  private:
    enum class Phase { before, inside, done };
    enum class Fit { none, part, whole };

    [[nodiscard]] Fit fit(std::string_view candidate) const noexcept;
    void take(std::string_view mark);
    void give(std::string_view bytes, const Output& output);

    std::string nonce_;
    std::string first_;  // the mark that ends Phase::before, whole
    std::string prefix_; // the head of the mark that ends Phase::inside
    bool probing_ = false;
    Phase phase_ = Phase::done;
    std::string held_; // the beginning of what may become a mark
    int status_ = 0;
    bool replaced_ = false;
    std::uint64_t dropped_ = 0;
};

} // namespace otto::sdk
