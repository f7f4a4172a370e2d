// Bytes as a file without a name. A child reads its script or its input from it at its own pace, so otto
// never writes to a pipe whose reader may be gone, and no length is too long.
#pragma once

#include <otto/sdk/descriptor.hpp>

#include <string_view>

namespace otto::local {

// Positioned at its beginning. Throws Error(internal) when memory or descriptors run out.
[[nodiscard]] sdk::Fd data_file(std::string_view bytes);

} // namespace otto::local
