#include "runtime/context_state.hpp"

#include <otto/revealed_secrets.hpp>

namespace otto {

std::vector<std::string> revealed_secrets(const Context& context) {
    return context.state()->maker.secrets->revealed();
}

} // namespace otto
