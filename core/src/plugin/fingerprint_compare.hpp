// The text of a plugin's note, and how its fingerprint is compared with otto's own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace otto {

// A note, taken apart: the fingerprint, and what the file brings.
struct NoteText {
    std::string fingerprint; // everything before "plugin=", byte for byte
    std::string plugin;
    std::string version;
    std::vector<std::string> drivers;
    std::vector<std::string> backends;
    std::vector<std::string> tools;
};

// Unknown keys after the fingerprint are skipped: a later SDK may add some.
NoteText parse_note(std::string_view text);

struct FingerprintDifference {
    std::string key;
    std::string plugin; // the value there; "(none)" for a key that is missing
    std::string otto;
};

// Keys in the order of otto's own fingerprint, then those that only the plugin has. All must be equal, but
// `sdk`: there the plugin's minor version may be older, because an SDK only adds within a major version.
std::vector<FingerprintDifference> compare_fingerprints(std::string_view plugin, std::string_view otto);

// The differences as lines "  KEY  PLUGIN  OTTO" under a heading, for a refusal.
std::string format_differences(const std::vector<FingerprintDifference>& differences);
// The one thing to do about them.
std::string remedy_for(const std::vector<FingerprintDifference>& differences);

} // namespace otto
