#include <otto/fingerprint.hpp>
#include <otto/sdk/version.hpp>

namespace otto::sdk {

const char* version() noexcept {
    return OTTO_SDK_VERSION;
}

} // namespace otto::sdk
