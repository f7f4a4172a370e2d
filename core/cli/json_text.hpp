// JSON of results, written piece by piece: an output of many megabytes is never held a second time.
#pragma once

#include "outcome.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace otto::cli {

using Emit = std::function<void(std::string_view)>;

// A JSON string of text that is valid UTF-8, or made so.
std::string json_string(std::string_view text);

// Bytes as a JSON string: CR LF made LF, invalid UTF-8 made U+FFFD.
void emit_text(std::string_view bytes, const Emit& emit);
void emit_base64(std::string_view bytes, const Emit& emit);

// The object of one host, on one line, without a newline at its end.
void emit_outcome(const Outcome& outcome, const Emit& emit);

} // namespace otto::cli
