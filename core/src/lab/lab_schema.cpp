// A JSON Schema of lab files. What it says of a host: core's keys, and the options of its driver. A host may
// take its driver from a group or the defaults, which a schema cannot follow; then its keys are those of any
// driver. Unknown hops, cycles, duplicates and required options are beyond a schema; `otto lab check` finds
// them.
#include "lab/driver_table.hpp"
#include "lab/option_parse.hpp"
#include "lab/option_text.hpp"

#include <otto/lab.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace otto {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* placeholder = R"(\{[0-9]+(:d)?\})";
constexpr const char* id_pattern = R"(^([A-Za-z0-9._-]|\{[0-9]+(:d)?\})+$)";
constexpr const char* range_id_pattern = R"(^([A-Za-z0-9._-]|\[[0-9,-]+\])+$)";
constexpr const char* duration_pattern = R"(^[0-9]+(\.[0-9]+)?(ms|s|m|h)?$)";
constexpr const char* size_pattern = R"(^[0-9]+(\.[0-9]+)?(B|KiB|MiB|GiB)?$)";

Json reference(const char* name) {
    return {{"$ref", std::string("#/definitions/") + name}};
}
Json any_of(Json left, Json right) {
    return {{"anyOf", Json::array({std::move(left), std::move(right)})}};
}
Json text_like(const char* pattern) {
    return {{"type", "string"}, {"pattern", pattern}};
}

// A value with the number of a range in it: "{1:d}".
Json or_placeholder(Json schema) {
    return any_of(std::move(schema), reference("placeholder"));
}

// A $ref hides its neighbours in draft 7, so it goes into an allOf.
Json explained(Json schema, const std::string& help) {
    Json whole = {{"description", help}};
    whole["allOf"] = Json::array({std::move(schema)});
    return whole;
}

Json bounded(const char* type, const OptionSpec& row) {
    Json schema = {{"type", type}};
    const auto [low, high] = range_ends(row.range);
    if (const auto number = parse_number(low)) schema["minimum"] = *number;
    if (const auto number = parse_number(high)) schema["maximum"] = *number;
    return schema;
}

Json choices(const OptionSpec& row) {
    Json all = Json::array();
    for (const std::string_view choice : choices_of(row.range)) {
        all.push_back(std::string(choice));
        if (const auto number = parse_integer(choice)) // written without quotes
            all.push_back(*number);
    }
    return {{"enum", std::move(all)}};
}

Json value_schema(const OptionSpec& row) {
    switch (row.kind) {
    case OptionKind::boolean:
        return or_placeholder({{"type", "boolean"}});
    case OptionKind::integer:
        return or_placeholder(bounded("integer", row));
    case OptionKind::number:
        return or_placeholder(bounded("number", row));
    case OptionKind::duration:
        return or_placeholder(reference("duration"));
    case OptionKind::size:
        return or_placeholder(reference("size"));
    case OptionKind::choice:
        return or_placeholder(choices(row));
    case OptionKind::secret:
        return reference("secret");
    case OptionKind::string_list:
        return reference("texts");
    case OptionKind::string_map:
        return {{"type", "object"}, {"additionalProperties", reference("text")}};
    case OptionKind::string:
    case OptionKind::path:
        break;
    }
    return reference("text");
}

Json option_schema(const OptionSpec& row) {
    std::string help = row.help;
    if (row.default_value) help += " (default: " + std::string(row.default_value) + ")";
    return explained(value_schema(row), help);
}

Json definitions() {
    const Json list_of_texts = {{"type", "array"}, {"items", reference("text")}};
    Json all;
    all["placeholder"] = text_like(placeholder);
    all["id"] = text_like(id_pattern);
    // Unquoted numbers and booleans are texts where a text is asked for; an empty value is not.
    all["text"] = {{"type", Json::array({"string", "number", "boolean"})}};
    all["texts"] = any_of(reference("text"), list_of_texts);
    // A tagged value reaches a validator as its text, or as a list.
    all["secret"] = explained(any_of(reference("text"), list_of_texts),
                              "!env NAME, !file PATH, !command [PROGRAM, ARGUMENT, ...] or !ask");
    all["duration"] = any_of({{"type", "number"}, {"minimum", 0}}, text_like(duration_pattern));
    all["size"] = any_of({{"type", "integer"}, {"minimum", 0}}, text_like(size_pattern));
    return all;
}

Json plugin_driver() {
    Json schema = {{"type", "object"}, {"additionalProperties", false}};
    schema["required"] = Json::array({"plugin", "name"});
    schema["properties"] = {{"plugin", text_like("^/")}, {"name", reference("text")}};
    return schema;
}

Json core_properties(const std::vector<std::string>& drivers) {
    Json all;
    all["driver"] = explained(any_of({{"enum", drivers}}, plugin_driver()), "what makes hosts of this kind");
    all["group"] = explained(reference("texts"), "one group, or a list whose last one wins");
    all["address"] = explained(reference("text"), "host name or IP address");
    all["hop"] = explained(reference("id"), "the host through which this one is reached");
    all["resources"] = explained(reference("texts"), "what must be reserved to use the host");
    all["tags"] = explained(reference("texts"), "labels, for @TAG in patterns");
    all["timeout"] =
        explained(or_placeholder(reference("duration")), "deadline of the host's verbs (default: 30s)");
    all["isolation"] = {{"enum", Json::array({"none"})}};
    return all;
}

Json driver_properties(const KnownDriver& driver) {
    Json all = Json::object();
    for (const auto& [name, row] : driver.options)
        if (!is_core_key(name)) all[std::string(name)] = option_schema(*row);
    return all;
}

// A mapping that names this driver has its keys and no others.
Json branch_of(const KnownDriver& driver) {
    Json keys = driver.option_names();
    for (const std::string& key : core_keys())
        if (driver.takes_address() || (key != "address" && key != "hop")) keys.push_back(key);
    Json named = {{"type", "object"}, {"required", Json::array({"driver"})}};
    named["properties"]["driver"]["const"] = driver.name;
    Json own = {{"properties", driver_properties(driver)}};
    own["propertyNames"]["enum"] = std::move(keys);
    return {{"if", std::move(named)}, {"then", std::move(own)}};
}

// The keys of any driver, with values that some driver takes.
Json keys_of_any(const std::vector<KnownDriver>& drivers) {
    Json properties = Json::object();
    std::vector<std::string> keys = core_keys();
    for (const KnownDriver& driver : drivers) {
        const Json own = driver_properties(driver); // items() does not keep a temporary alive
        for (const auto& [name, schema] : own.items())
            properties[name]["anyOf"].push_back(schema);
        for (const std::string& name : driver.option_names())
            if (std::find(keys.begin(), keys.end(), name) == keys.end()) keys.push_back(name);
    }
    Json any = {{"properties", std::move(properties)}};
    any["propertyNames"]["enum"] = std::move(keys);
    return any;
}

// Defaults and groups hold keys for several drivers; one that a host's driver lacks is skipped for it.
Json layer_schema(const std::vector<KnownDriver>& drivers, const Json& core) {
    return {{"type", Json::array({"object", "null"})},
            {"properties", core},
            {"allOf", Json::array({keys_of_any(drivers)})}};
}

// Of a driver from a plugin file that is named in the lab nothing is known here.
Json host_schema(const std::vector<KnownDriver>& drivers, const Json& core) {
    Json unnamed = {{"type", "object"}};
    unnamed["not"]["required"] = Json::array({"driver"});
    Json branches = Json::array({Json{{"if", std::move(unnamed)}, {"then", keys_of_any(drivers)}}});
    for (const KnownDriver& driver : drivers)
        branches.push_back(branch_of(driver));
    return {{"type", Json::array({"object", "null"})}, {"properties", core}, {"allOf", std::move(branches)}};
}

// A mapping whose keys look like this, and nothing else.
Json keyed(const char* pattern, Json schema) {
    Json all = {{"type", Json::array({"object", "null"})}, {"additionalProperties", false}};
    all["patternProperties"][pattern] = std::move(schema);
    return all;
}

Json reservations_schema() {
    Json all = {{"type", "object"},
                {"required", Json::array({"backend"})},
                {"additionalProperties", reference("text")}};
    all["if"]["properties"]["backend"]["const"] = "json";
    all["then"]["required"] = Json::array({"file"});
    return all;
}

std::vector<KnownDriver> usable_drivers(PluginRegistry& plugins) {
    std::vector<KnownDriver> drivers;
    for (const std::string& name : plugins.driver_names()) {
        try {
            drivers.push_back(known_driver(plugins.driver({name, std::nullopt, {}})));
        } catch (const Error&) {
            // Its options cannot be known; `otto plugins` says why.
        }
    }
    std::sort(drivers.begin(), drivers.end(),
              [](const KnownDriver& a, const KnownDriver& b) { return a.name < b.name; });
    return drivers;
}

} // namespace

std::string lab_schema(PluginRegistry& plugins) {
    const std::vector<KnownDriver> drivers = usable_drivers(plugins);
    std::vector<std::string> names;
    for (const KnownDriver& driver : drivers)
        names.push_back(driver.name);
    const Json core = core_properties(names);

    Json schema = {
        {"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", "otto lab"}, {"type", "object"}};
    schema["required"] = Json::array({"otto"});
    schema["additionalProperties"] = false;
    Json& sections = schema["properties"];
    sections["otto"] = explained({{"const", 1}}, "the format of this file");
    sections["defaults"] = reference("layer");
    sections["groups"] = keyed("^[A-Za-z0-9._-]+$", {{"allOf", Json::array({reference("layer")})},
                                                     {"not", {{"required", Json::array({"group"})}}}});
    sections["resources"] = reference("texts");
    sections["hosts"] = keyed(range_id_pattern, reference("host"));
    sections["reservations"] = reservations_schema();
    schema["definitions"] = definitions();
    schema["definitions"]["layer"] = layer_schema(drivers, core);
    schema["definitions"]["host"] = host_schema(drivers, core);
    return schema.dump(2) + "\n";
}

} // namespace otto
