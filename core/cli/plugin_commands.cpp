#include "plugin_commands.hpp"

#include "help.hpp"
#include "listing.hpp"
#include "session.hpp"
#include "tally.hpp"

#include <iostream>

namespace otto::cli {
namespace {

using nlohmann::ordered_json;

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names)
        text += (text.empty() ? "" : ",") + name;
    return text;
}

ordered_json plugin_object(const PluginFile& file) {
    ordered_json object;
    object["path"] = file.path.string();
    object["state"] = to_string(file.state);
    object["name"] = file.name;
    object["version"] = file.version;
    object["drivers"] = file.drivers;
    object["backends"] = file.backends;
    object["tools"] = file.tools;
    object["reason"] = file.reason;
    object["remedy"] = file.remedy;
    return object;
}

void show_reasons(const std::vector<PluginFile>& files, Console& console) {
    std::string text;
    for (const auto& file : files) {
        if (file.reason.empty()) continue;
        text += "\n" + file.path.string() + " is " + std::string(to_string(file.state)) + ": " + file.reason +
                "\n";
        if (!file.remedy.empty()) text += "  " + file.remedy + "\n";
    }
    console.out().write(text);
}

} // namespace

int plugins_command(const Request& request, Console& console) {
    const auto registry = make_registry(request);
    const std::vector<PluginFile> files = registry->files();
    Listing listing(request.format, console.out());
    for (const auto& file : files) {
        std::vector<std::string> row = {std::string(to_string(file.state)), file.name,
                                        file.version.empty() ? "-" : file.version, joined(file.drivers),
                                        file.path.string()};
        listing.add(std::move(row), plugin_object(file));
    }
    listing.finish();
    if (request.format == Format::text) show_reasons(files, console);
    for (const auto& fault : registry->directory_faults())
        console.warning(fault);
    return exit_status::success;
}

int tool_command(const Request& request) {
    const auto registry = make_registry(request);
    const ToolDescriptor* tool = registry->tool(request.tool);
    if (tool == nullptr) {
        Error error(Errc::usage, "no command and no plugin's tool is called '" + request.tool + "'");
        const auto close = nearest_name(request.tool, command_names());
        throw error.advice(close ? "did you mean '" + *close + "'?" : "see otto --help and otto plugins");
    }
    LoadOptions options;
    for (const auto& path : request.lab_paths)
        options.search_path(path);
    options.plugins(registry);
    ToolContext context(std::cout, std::cerr, request.labs, std::move(options), request.dry_run);
    const int status = tool->run(request.tool_arguments, context);
    std::cout.flush();
    return status;
}

} // namespace otto::cli
