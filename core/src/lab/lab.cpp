#include "lab/lab_builder.hpp"
#include "lab/lab_data.hpp"
#include "lab/lab_source.hpp"

#include <filesystem>

namespace otto {

HostSpec::HostSpec(std::string driver) {
    wanted_.name = std::move(driver);
}
HostSpec::~HostSpec() = default;
HostSpec::HostSpec(const HostSpec&) = default;
HostSpec& HostSpec::operator=(const HostSpec&) = default;

HostSpec& HostSpec::id(std::string id) {
    id_ = std::move(id);
    return *this;
}

HostSpec& HostSpec::set(std::string option, std::string value) {
    unchecked_.insert_or_assign(std::move(option), std::move(value));
    return *this;
}

HostSpec& HostSpec::set(std::string option, Secret value) {
    unchecked_.insert_or_assign(std::move(option), std::move(value));
    return *this;
}

HostSpec& HostSpec::plugin(std::filesystem::path file) {
    wanted_.plugin = std::move(file);
    return *this;
}

Lab::Lab()
    : data_(std::make_shared<const Data>()) {}
Lab::Lab(std::shared_ptr<const Data> data)
    : data_(std::move(data)) {}
Lab::~Lab() = default;
Lab::Lab(const Lab&) = default;
Lab& Lab::operator=(const Lab&) = default;

const std::string& Lab::name() const noexcept {
    return data_->name;
}
const std::vector<std::filesystem::path>& Lab::files() const noexcept {
    return data_->files;
}
const std::vector<HostSpec>& Lab::hosts() const noexcept {
    return data_->hosts;
}
const std::vector<std::string>& Lab::resources() const noexcept {
    return data_->resources;
}
const std::optional<ReservationSettings>& Lab::reservations() const noexcept {
    return data_->reservations;
}
const std::vector<std::string>& Lab::warnings() const noexcept {
    return data_->warnings;
}
const std::shared_ptr<PluginRegistry>& Lab::plugins() const noexcept {
    return data_->plugins;
}

const HostSpec* Lab::find(std::string_view id) const noexcept {
    const auto host = data_->by_id.find(std::string(id));
    return host == data_->by_id.end() ? nullptr : &data_->hosts[host->second];
}

LoadOptions::LoadOptions() = default;
LoadOptions::~LoadOptions() = default;
LoadOptions::LoadOptions(const LoadOptions&) = default;
LoadOptions& LoadOptions::operator=(const LoadOptions&) = default;

LoadOptions& LoadOptions::search_path(std::filesystem::path dir) {
    search_paths_.push_back(std::move(dir));
    return *this;
}

LoadOptions& LoadOptions::plugin_dir(std::filesystem::path dir) {
    plugin_search_.plugin_dir(std::move(dir));
    return *this;
}

LoadOptions& LoadOptions::default_plugin_dirs(bool on) {
    plugin_search_.default_plugin_dirs(on);
    return *this;
}

LoadOptions& LoadOptions::plugins(std::shared_ptr<PluginRegistry> registry) {
    registry_ = std::move(registry);
    return *this;
}

Overrides::Overrides() = default;
Overrides::~Overrides() = default;
Overrides::Overrides(const Overrides&) = default;
Overrides& Overrides::operator=(const Overrides&) = default;

Overrides& Overrides::set(std::string option, std::string value) {
    values_.insert_or_assign(std::move(option), std::move(value));
    return *this;
}

Overrides& Overrides::set(std::string option, Secret value) {
    values_.insert_or_assign(std::move(option), std::move(value));
    return *this;
}

namespace {

std::shared_ptr<PluginRegistry> registry_of(const LoadOptions& options) {
    return options.registry() ? options.registry()
                              : std::make_shared<PluginRegistry>(options.plugin_search());
}

} // namespace

Lab load_lab(const std::vector<std::string>& names, const LoadOptions& options) {
    FaultList faults;
    LabBuilder builder(registry_of(options), faults);
    for (const LabSource& source : find_labs(names, options, faults))
        builder.add(source);
    return builder.finish();
}

Lab load_lab(const std::string& name, const LoadOptions& options) {
    return load_lab(std::vector<std::string>(1, name), options);
}

Lab parse_lab(std::string_view text, const std::string& file, const LoadOptions& options) {
    FaultList faults;
    LabBuilder builder(registry_of(options), faults);
    LabSource source;
    source.name = std::filesystem::path(file).stem().string();
    source.file = file;
    source.base = std::filesystem::absolute(file).parent_path().string();
    source.text = text;
    source.trusted = true; // the program's own text
    builder.add(source);
    return builder.finish();
}

} // namespace otto
