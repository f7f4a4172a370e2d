// A value that must never be shown. It has no operator<<, no conversion and no comparison; the text is
// reached through reveal() only, which drivers get from their HostContext.
#pragma once

#include <otto/api.hpp>

#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

namespace otto {

class OTTO_API Secret {
  public:
    enum class Kind { literal, env, file, command, ask };

    Secret(); // an empty literal
    static Secret literal(std::string text);
    // The environment variable NAME, read at first use.
    static Secret env(std::string name);
    // The file's first line; refused if others can read the file.
    static Secret file(std::string path);
    // Standard output of a program, without a shell; ten seconds. `trusted` is false for a lab file that
    // others can write, and then using the secret is an error.
    static Secret command(std::vector<std::string> argv, bool trusted);
    // Asked on the terminal, once per run.
    static Secret ask(std::string prompt);

    [[nodiscard]] Kind kind() const noexcept;
    // The reference as the lab file writes it ("!env FRR_PASSWORD"); "(secret)" for a literal. Safe to show.
    [[nodiscard]] std::string describe() const;

    // Resolves the reference: reads the environment or a file, runs a program or asks on the terminal, so it
    // may block and belongs on a blocking thread (HostContext::reveal does that). Once per reference and
    // Context, since the context remembers. Throws Error(lab) naming the reference, never the value.
    [[nodiscard]] std::string resolve_blocking() const;

    // Equal references resolve to the same value: the key under which a context remembers it.
    [[nodiscard]] std::string identity() const;

    template <class Stream>
    friend Stream& operator<<(Stream&, const Secret&) = delete;

  private:
    struct Data;
    explicit Secret(std::shared_ptr<const Data> data);
    std::shared_ptr<const Data> data_;
};

} // namespace otto
