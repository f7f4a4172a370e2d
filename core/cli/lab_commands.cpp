#include "lab_commands.hpp"

#include "listing.hpp"
#include "session.hpp"
#include "tally.hpp"

namespace otto::cli {
namespace {

using nlohmann::ordered_json;

ordered_json host_object(const HostSpec& host) {
    ordered_json object;
    object["host"] = host.id();
    object["driver"] = host.driver();
    object["address"] = host.address() ? ordered_json(*host.address()) : ordered_json();
    object["hop"] = host.hop() ? ordered_json(*host.hop()) : ordered_json();
    object["groups"] = host.groups();
    object["tags"] = host.tags();
    object["resources"] = host.resources();
    object["defined"] = to_string(host.mark());
    return object;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names)
        text += (text.empty() ? "" : ",") + name;
    return text;
}

std::vector<std::string> host_row(const HostSpec& host) {
    return {host.id(), host.driver(), host.address().value_or("-"), host.hop() ? "via " + *host.hop() : "",
            joined(host.groups())};
}

ordered_json fault_object(const LabFault& fault) {
    ordered_json object;
    object["file"] = fault.mark.file;
    object["line"] = fault.mark.line;
    object["column"] = fault.mark.column;
    object["message"] = fault.message;
    return object;
}

// The faults and warnings of one file.
struct FileReport {
    std::string file;
    std::size_t hosts = 0;
    std::vector<LabFault> faults;
    std::vector<std::string> warnings;
};

FileReport check_file(const std::string& file, const std::shared_ptr<PluginRegistry>& registry) {
    FileReport report;
    report.file = file;
    LoadOptions options;
    options.plugins(registry);
    // A bare name is a file here, not a lab to be looked up.
    const bool looks_like_path = file.find('/') != std::string::npos || file.ends_with(".yaml");
    try {
        const Lab lab = load_lab(looks_like_path ? file : "./" + file, options);
        report.hosts = lab.hosts().size();
        report.warnings = lab.warnings();
    } catch (const LabError& error) {
        report.faults = error.faults();
    }
    return report;
}

void show_as_text(const FileReport& report, Console& console) {
    std::string lines;
    for (const auto& fault : report.faults) {
        const std::string where = fault.mark.file.empty() ? report.file : to_string(fault.mark);
        lines += where + ": error: " + fault.message + "\n";
    }
    for (const auto& warning : report.warnings)
        lines += warning + "\n";
    if (report.faults.empty()) lines += report.file + ": ok, " + std::to_string(report.hosts) + " hosts\n";
    console.out().write(lines);
}

ordered_json report_object(const FileReport& report) {
    ordered_json object;
    object["file"] = report.file;
    object["ok"] = report.faults.empty();
    object["hosts"] = report.hosts;
    object["faults"] = ordered_json::array();
    for (const auto& fault : report.faults)
        object["faults"].push_back(fault_object(fault));
    object["warnings"] = report.warnings;
    return object;
}

} // namespace

int hosts_command(const Request& request, Console& console) {
    const Lab lab = load_request_lab(request, console, make_registry(request));
    Listing listing(request.format, console.out());
    for (const auto& id : selected_hosts(request, lab)) {
        const HostSpec& host = *lab.find(id);
        listing.add(host_row(host), host_object(host));
    }
    listing.finish();
    return exit_status::success;
}

int lab_check_command(const Request& request, Console& console) {
    const auto registry = make_registry(request);
    Listing listing(request.format, console.out());
    bool faulty = false;
    for (const auto& file : request.sources) {
        const FileReport report = check_file(file, registry);
        faulty = faulty || !report.faults.empty();
        if (request.format == Format::text)
            show_as_text(report, console);
        else
            listing.add({}, report_object(report));
    }
    if (request.format != Format::text) listing.finish();
    return faulty ? exit_status::usage : exit_status::success;
}

int schema_command(const Request& request, Console& console) {
    std::string schema = lab_schema(*make_registry(request));
    if (!schema.ends_with('\n')) schema += '\n';
    console.out().write(schema);
    return exit_status::success;
}

} // namespace otto::cli
