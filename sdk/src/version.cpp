#include <otto/sdk/version.hpp>

#include <otto/fingerprint.hpp>

namespace otto::sdk {

const char* version() noexcept
{
    return OTTO_SDK_VERSION;
}

} // namespace otto::sdk
