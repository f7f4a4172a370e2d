#include "session.hpp"

#include <cstdlib>
#include <optional>
#include <set>

namespace otto::cli {

std::shared_ptr<PluginRegistry> make_registry(const Request& request) {
    PluginSearch search;
    for (const auto& dir : request.plugin_dirs)
        search.plugin_dir(dir);
    return std::make_shared<PluginRegistry>(search);
}

Lab load_request_lab(const Request& request, Console& console, std::shared_ptr<PluginRegistry> registry) {
    std::vector<std::string> names = request.labs;
    const char* preset = std::getenv("OTTO_LAB");
    if (names.empty() && preset != nullptr && *preset != '\0') names.emplace_back(preset);
    if (names.empty()) throw Error(Errc::usage, "no lab given").advice("use -l LAB or set OTTO_LAB");
    LoadOptions options;
    for (const auto& path : request.lab_paths)
        options.search_path(path);
    options.plugins(std::move(registry));
    Lab lab = load_lab(names, options);
    for (const auto& warning : lab.warnings())
        if (!console.quiet()) console.note(warning);
    return lab;
}

std::vector<std::string> selected_hosts(const Request& request, const Lab& lab) {
    if (!request.host && request.pattern.empty()) {
        std::vector<std::string> all;
        for (const auto& host : lab.hosts())
            all.push_back(host.id());
        return all;
    }
    if (!request.host) return lab.select(request.pattern);
    if (lab.find(*request.host) != nullptr) return {*request.host};
    const auto close = lab.select(*request.host); // says what it did not find, and what may have been meant
    throw Error(Errc::usage, "'" + *request.host + "' is a pattern, and 'otto host' takes one id")
        .advice("use otto --hosts '" + *request.host + "' run ...");
}

namespace {

// An override counts as known if one driver takes it. Drivers are asked once each.
void check_override(const Overrides& one, const Lab& lab, const std::vector<std::string>& hosts) {
    std::set<std::string> asked;
    std::optional<Error> refusal;
    for (const auto& id : hosts) {
        const HostSpec* spec = lab.find(id);
        if (spec == nullptr || !asked.insert(spec->driver()).second) continue;
        try {
            (void)apply_overrides(*spec, one, *lab.plugins());
            return;
        } catch (const Error& error) {
            // A plugin that cannot be used knows no options; its hosts report that themselves.
            if (error.code() != Errc::plugin) refusal = error;
        }
    }
    if (refusal) throw Error(Errc::usage, "-o: " + refusal->message()).advice(refusal->advice());
}

} // namespace

Overrides checked_overrides(const Request& request, const Lab& lab, const std::vector<std::string>& hosts) {
    Overrides all;
    for (const auto& [key, value] : request.options) {
        Overrides one;
        one.set(key, value);
        check_override(one, lab, hosts);
        all.set(key, value);
    }
    return all;
}

std::string reservation_user(const Request& request) {
    return request.as_user ? *request.as_user : current_user();
}

std::unique_ptr<ReservationBackend> request_backend(const Request& request, const Lab& lab) {
    if (request.reservations) return json_reservation_backend(*request.reservations);
    return reservation_backend(lab);
}

void gate(const Request& request, const Lab& lab) {
    if (request.skip_reservations) return;
    const auto backend = request_backend(request, lab);
    if (backend) check_reservations(lab, reservation_user(request), *backend);
}

} // namespace otto::cli
