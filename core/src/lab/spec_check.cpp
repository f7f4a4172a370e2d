// Hosts that no lab file describes, and changes for one call: the same checks without a file.
#include "lab/id_range.hpp"
#include "lab/lab_builder.hpp"

namespace otto {
namespace {

using Given = std::variant<std::string, Secret>;

constexpr OptionSpec timeout_row = {"timeout", OptionKind::duration, false, nullptr,
                                    "1ms..",   "deadline of a verb"};

// Throws Error(lab) with the reason alone.
OptionValue read_given(const OptionSpec& row, const Given& given) {
    const auto* secret = std::get_if<Secret>(&given);
    if (!secret) return parse_option(row, std::get<std::string>(given));
    if (row.kind != OptionKind::secret)
        throw Error(Errc::lab, "expected a " + std::string(to_string(row.kind)) + ", not a secret");
    return *secret;
}

std::string text_of(const Given& given) {
    if (const auto* text = std::get_if<std::string>(&given); text && !text->empty()) return *text;
    throw Error(Errc::lab, "expected a text");
}

// A place without a file: messages name the host instead.
std::string title_of(const HostSpec& spec) {
    return "host '" + spec.id() + "'";
}

} // namespace

HostSpec LabBuilder::check(const HostSpec& spec, PluginRegistry& plugins) {
    HostSpec checked = spec;
    checked.unchecked_.clear();
    FaultList faults;
    DriverTable drivers(plugins);
    if (const auto address = spec.unchecked_.find("address");
        checked.id_.empty() && address != spec.unchecked_.end() &&
        std::holds_alternative<std::string>(address->second))
        checked.id_ = std::get<std::string>(address->second);
    if (checked.id_.empty()) checked.id_ = spec.driver();
    const std::string title = title_of(checked);
    drivers.find(spec.wanted_, title, faults);
    faults.throw_if_any();
    const KnownDriver driver = known_driver(plugins.driver(spec.wanted_));
    for (const auto& [key, given] : spec.unchecked_) {
        try {
            if (key == "timeout")
                checked.timeout_ = std::get<Duration>(read_given(timeout_row, given));
            else if ((key == "address" || key == "hop") && !driver.takes_address())
                throw Error(Errc::lab, "driver '" + driver.name + "' does not take it");
            else if (key == "address")
                checked.address_ = text_of(given);
            else if (key == "hop")
                checked.hop_ = text_of(given);
            else if (const OptionSpec* row = driver.option(key))
                checked.options_.set(key, read_given(*row, given));
            else
                faults.add(spec.mark_,
                           title + ": " + driver.unknown_option(key, {"address", "hop", "timeout"}));
        } catch (const Error& error) {
            faults.add(spec.mark_, title + ": option '" + key + "': " + error.message());
        }
    }
    for (const auto& [name, row] : driver.options)
        if (row->required && !checked.options_.has(name))
            faults.add(spec.mark_, title + ": driver '" + driver.name + "' needs option '" +
                                       std::string(name) + "' (" + row->help + ")");
    faults.throw_if_any();
    set_table_defaults(driver, checked.options_);
    return checked;
}

HostSpec LabBuilder::apply(const HostSpec& spec, const Overrides& overrides, PluginRegistry& plugins,
                           bool skip_unknown) {
    HostSpec changed = check(spec, plugins);
    const KnownDriver driver = known_driver(plugins.driver(spec.wanted_));
    for (const auto& [key, given] : overrides.values()) {
        const OptionSpec* row = key == "timeout"   ? &timeout_row
                                : is_core_key(key) ? nullptr
                                                   : driver.option(key);
        if (!row && is_core_key(key))
            throw Error(Errc::usage, "'" + key + "' cannot be changed for one call").host(spec.id());
        if (!row && skip_unknown) continue;
        if (!row) throw Error(Errc::usage, driver.unknown_option(key, {"timeout"})).host(spec.id());
        try {
            OptionValue value = read_given(*row, given);
            if (row == &timeout_row)
                changed.timeout_ = std::get<Duration>(value);
            else
                changed.options_.set(key, std::move(value));
        } catch (const Error& error) {
            throw Error(Errc::usage, "option '" + key + "': " + error.message()).host(spec.id());
        }
    }
    return changed;
}

HostSpec check_spec(const HostSpec& spec, PluginRegistry& plugins) {
    return LabBuilder::check(spec, plugins);
}

HostSpec apply_overrides(const HostSpec& spec, const Overrides& overrides, PluginRegistry& plugins,
                         bool skip_unknown) {
    return LabBuilder::apply(spec, overrides, plugins, skip_unknown);
}

} // namespace otto
