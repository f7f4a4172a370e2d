#include <otto/context.hpp>

#include <utility>

namespace otto {

ContextOptions::ContextOptions() = default;
ContextOptions::~ContextOptions() = default;
ContextOptions::ContextOptions(const ContextOptions&) = default;
ContextOptions& ContextOptions::operator=(const ContextOptions&) = default;

ContextOptions& ContextOptions::dry_run(bool on) {
    dry_run_ = on;
    return *this;
}

ContextOptions& ContextOptions::log_command_output(bool on) {
    log_command_output_ = on;
    return *this;
}

ContextOptions& ContextOptions::sink(std::shared_ptr<EventSink> sink) {
    sinks_.push_back(std::move(sink));
    return *this;
}

FleetOptions::FleetOptions() = default;
FleetOptions::~FleetOptions() = default;
FleetOptions::FleetOptions(const FleetOptions&) = default;
FleetOptions& FleetOptions::operator=(const FleetOptions&) = default;

FleetOptions& FleetOptions::hosts(std::string pattern) {
    pattern_ = std::move(pattern);
    return *this;
}

FleetOptions& FleetOptions::timeout(Duration budget) {
    timeout_ = budget;
    return *this;
}

FleetOptions& FleetOptions::fanout(std::size_t hosts_at_once) {
    fanout_ = hosts_at_once;
    return *this;
}

FleetOptions& FleetOptions::stop_on_failure(bool on) {
    stop_on_failure_ = on;
    return *this;
}

FleetOptions& FleetOptions::close_each(bool on) {
    close_each_ = on;
    return *this;
}

FleetOptions& FleetOptions::overrides(Overrides overrides) {
    overrides_ = std::move(overrides);
    return *this;
}

FleetOptions& FleetOptions::on_host_done(std::function<void(const HostResult&)> callback) {
    on_host_done_ = std::move(callback);
    return *this;
}

OpenOptions::OpenOptions(const char* lab)
    : OpenOptions(std::string(lab)) {}

OpenOptions::OpenOptions(std::string lab)
    : lab_(std::vector<std::string>(1, std::move(lab))) {}

OpenOptions::OpenOptions(std::vector<std::string> labs)
    : lab_(std::move(labs)) {}

OpenOptions::OpenOptions(Lab lab)
    : lab_(std::move(lab)) {}

OpenOptions::~OpenOptions() = default;
OpenOptions::OpenOptions(const OpenOptions&) = default;
OpenOptions& OpenOptions::operator=(const OpenOptions&) = default;

OpenOptions& OpenOptions::search_path(std::filesystem::path dir) {
    load_.search_path(std::move(dir));
    return *this;
}

OpenOptions& OpenOptions::plugin_dir(std::filesystem::path dir) {
    load_.plugin_dir(std::move(dir));
    return *this;
}

OpenOptions& OpenOptions::default_plugin_dirs(bool on) {
    load_.default_plugin_dirs(on);
    return *this;
}

OpenOptions& OpenOptions::plugins(std::shared_ptr<PluginRegistry> registry) {
    load_.plugins(std::move(registry));
    return *this;
}

OpenOptions& OpenOptions::dry_run(bool on) {
    context_.dry_run(on);
    return *this;
}

OpenOptions& OpenOptions::log_command_output(bool on) {
    context_.log_command_output(on);
    return *this;
}

OpenOptions& OpenOptions::sink(std::shared_ptr<EventSink> sink) {
    context_.sink(std::move(sink));
    return *this;
}

OpenOptions& OpenOptions::report_to(std::shared_ptr<CloseReport> report) {
    report_ = std::move(report);
    return *this;
}

Lab OpenOptions::load() const {
    if (const Lab* lab = std::get_if<Lab>(&lab_)) return *lab;
    return load_lab(std::get<std::vector<std::string>>(lab_), load_);
}

} // namespace otto
