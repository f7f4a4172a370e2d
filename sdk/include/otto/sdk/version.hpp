// The version of the sdk that a driver was linked with, for its messages.
#pragma once

namespace otto::sdk {

const char* version() noexcept; // "0.1.0"

} // namespace otto::sdk
