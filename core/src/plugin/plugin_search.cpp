#include <otto/plugin_registry.hpp>

#include <system_error>

namespace otto {

PluginSearch::PluginSearch() = default;
PluginSearch::~PluginSearch() = default;
PluginSearch::PluginSearch(const PluginSearch&) = default;
PluginSearch& PluginSearch::operator=(const PluginSearch&) = default;

PluginSearch& PluginSearch::plugin_dir(std::filesystem::path dir) {
    if (dir.empty())
        throw Error(Errc::usage, "a plugin directory has an empty name").advice("give the directory's path");
    dirs_.push_back(std::filesystem::absolute(dir));
    return *this;
}

PluginSearch& PluginSearch::default_plugin_dirs(bool on) {
    defaults_ = on;
    return *this;
}

} // namespace otto
