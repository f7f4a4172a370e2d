// A driver's options: a plain table in its descriptor, and the values that core read from the lab for one
// host. Core, never the plugin, walks the YAML and checks kinds and ranges, so that a mistake is reported
// with its line.
#pragma once

#include <otto/error.hpp>
#include <otto/secret.hpp>
#include <otto/task.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace otto {

enum class OptionKind : std::uint32_t {
    boolean,     // true, false
    integer,     // 64 bits
    number,      // floating point
    string,      //
    secret,      // literal (with a warning) or !env, !file, !command, !ask
    duration,    // "250ms", "5s", "2m", "1h"
    size,        // "4096", "64KiB", "16MiB", "1GiB"
    choice,      // one of the names in `range`
    path,        // "~" expands; relative to the lab file's directory
    string_list, // a sequence, or one string
    string_map,  // a mapping of strings
};

OTTO_API std::string_view to_string(OptionKind kind) noexcept;

// One row of a driver's table. Static storage, plain data: it lives in the plugin and is read by core.
struct OptionSpec {
    const char* name;          // "port"; [a-z][a-z0-9_]*
    OptionKind kind;           //
    bool required;             // a host without it is a lab fault
    const char* default_value; // as the lab would write it; nullptr for none
    const char* range;         // "1..65535", "100ms..1h", "strict|accept-new|off"; "" for any
    const char* help;          // one line, never empty
};

// Where a value was written. Line and column count from 1; line 0 means "not from a file".
struct SourceMark {
    std::string file;
    int line = 0;
    int column = 0;
};
OTTO_API std::string to_string(const SourceMark& mark); // "labs/x.yaml:12:7"

using OptionValue = std::variant<bool, std::int64_t, double, std::string, Secret, Duration,
                                 std::vector<std::string>, std::map<std::string, std::string>>;

// The values of one host, defaults of the table included. Getters throw Error(internal) for a name or kind
// that is not in the driver's table: a bug of the driver. `has` is false for an option without value and
// default.
class OTTO_API OptionValues {
  public:
    OptionValues();
    ~OptionValues();
    OptionValues(const OptionValues&);
    OptionValues& operator=(const OptionValues&);

    [[nodiscard]] bool has(std::string_view name) const noexcept;
    [[nodiscard]] bool boolean(std::string_view name) const;
    [[nodiscard]] std::int64_t integer(std::string_view name) const;
    [[nodiscard]] double number(std::string_view name) const;
    [[nodiscard]] std::string text(std::string_view name) const; // string, choice, path
    [[nodiscard]] std::optional<std::string> optional_text(std::string_view name) const;
    [[nodiscard]] Duration duration(std::string_view name) const;
    [[nodiscard]] std::uint64_t size(std::string_view name) const;
    [[nodiscard]] const Secret& secret(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> list(std::string_view name) const;
    [[nodiscard]] std::map<std::string, std::string> map(std::string_view name) const;

    // Where the value was written; line 0 for a default.
    [[nodiscard]] SourceMark mark(std::string_view name) const;

    void set(std::string name, OptionValue value, SourceMark mark = {});
    void erase(std::string_view name);
    [[nodiscard]] std::vector<std::string> names() const;
    [[nodiscard]] const OptionValue* find(std::string_view name) const noexcept;

  private:
    struct Entry {
        OptionValue value;
        SourceMark mark;
    };
    template <class T>
    const T& get(std::string_view name) const;
    std::map<std::string, Entry, std::less<>> entries_;
};

// Thrown by a driver's `create` for a value that only the driver can judge; core reports it at the value's
// place.
class OTTO_API OptionError : public Error {
  public:
    OptionError(std::string option, std::string message);
    ~OptionError() override;
    [[nodiscard]] const std::string& option() const noexcept { return option_; }

  private:
    std::string option_;
};

// Reads one scalar as the table asks. Throws Error(lab) with the reason alone ("expected a number from 1 to
// 65535"). Secrets come out as literals. For option tables of core itself, the command line and Overrides.
OTTO_API OptionValue parse_option(const OptionSpec& spec, std::string_view text);

// "5s", "250ms", "1.5m", "2h" (a bare number counts seconds); nullopt for anything else, negative or not
// finite.
OTTO_API std::optional<Duration> parse_duration(std::string_view text) noexcept;
OTTO_API std::optional<std::uint64_t> parse_size(std::string_view text) noexcept;
OTTO_API std::string format_duration(Duration span); // "1.5s"

// The nearest of the names, or nothing if none is near: for "did you mean".
OTTO_API std::optional<std::string> nearest_name(std::string_view wanted,
                                                 const std::vector<std::string>& names);

} // namespace otto
