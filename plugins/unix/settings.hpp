// What a lab says about a Unix host.
#pragma once

#include <otto/driver.hpp>
#include <otto/sdk/ssh/connect.hpp>

#include <string>

namespace otto::unix_driver {

class Settings {
  public:
    // Throws OptionError.
    explicit Settings(const HostContext& context);

    sdk::SshTarget target;
    std::string shell;
    Duration keepalive; // zero: none
};

} // namespace otto::unix_driver
