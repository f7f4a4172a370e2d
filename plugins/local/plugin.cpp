#include "local_host.hpp"

#include <otto/plugin.hpp>

namespace {

std::shared_ptr<otto::Host> make_local(otto::HostContext context) {
    return std::make_shared<otto::local::LocalHost>(std::move(context));
}

constexpr otto::OptionSpec options[] = {
    {"shell", otto::OptionKind::path, false, "/bin/sh", "", "POSIX shell that runs the commands"},
    {"directory", otto::OptionKind::path, false, nullptr, "",
     "where commands start and relative paths begin"},
};

constexpr otto::DriverDescriptor drivers[] = {otto::driver_descriptor(
    "local", "commands and files on this machine", options, &make_local, otto::driver_takes_no_address)};

} // namespace

OTTO_PLUGIN("local", "0.1.0", "otto", "Apache-2.0", "https://github.com/otto/otto", "local", drivers)
