// A program of somebody who has otto installed: opens every driver of the plugins found and names it. Arguments: a
// plugin directory, and the drivers that must be there.
#include <otto/plugin_registry.hpp>

#include <iostream>

int main(int argc, char** argv) {
    try {
        otto::PluginSearch search;
        search.plugin_dir(argv[1]).default_plugin_dirs(false);
        otto::PluginRegistry plugins(search);
        for (int index = 2; index < argc; ++index) {
            const otto::DriverWanted wanted{argv[index], {}, {}};
            std::cout << argv[index] << ": " << plugins.driver(wanted).summary << '\n';
        }
    } catch (const std::exception& error) {
        std::cerr << "consumer: " << error.what() << '\n';
        return 1;
    }
}
