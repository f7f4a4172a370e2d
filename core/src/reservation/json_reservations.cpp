#include "reservation/json_reservations.hpp"

#include "reservation/rfc3339.hpp"

#include <otto/option.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace otto {
namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
    throw Error(Errc::reservation, where + (where.empty() ? "" : ": ") + what);
}

Json parse_json(std::string_view text) {
    try {
        return Json::parse(text);
    } catch (const Json::parse_error& error) {
        const std::string_view before = text.substr(0, error.byte == 0 ? 0 : error.byte - 1);
        const auto line = std::count(before.begin(), before.end(), '\n') + 1;
        const std::size_t column = before.size() - (before.rfind('\n') + 1) + 1;
        refuse({}, "not valid JSON at line " + std::to_string(line) + ", column " + std::to_string(column));
    } catch (const Json::out_of_range&) {
        refuse({}, "a number in it is too large");
    }
}

void check_keys(const Json& object, const std::vector<std::string>& known, const std::string& where) {
    for (const auto& [key, value] : object.items()) {
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        const auto near = nearest_name(key, known);
        refuse(where, "unknown key '" + key + "'" + (near ? " (did you mean '" + *near + "'?)" : ""));
    }
}

std::string text_of(const Json& object, const char* key, const std::string& where) {
    const auto value = object.find(key);
    if (value == object.end()) refuse(where, std::string("'") + key + "' is missing");
    if (!value->is_string() || value->get_ref<const std::string&>().empty())
        refuse(where, std::string("'") + key + "' must be a text");
    return value->get<std::string>();
}

std::vector<std::string> resources_of(const Json& object, const std::string& where) {
    const auto list = object.find("resources");
    if (list == object.end()) refuse(where, "'resources' is missing");
    const auto is_text = [](const Json& item) {
        return item.is_string() && !item.get_ref<const std::string&>().empty();
    };
    if (!list->is_array() || !std::all_of(list->begin(), list->end(), is_text))
        refuse(where, "'resources' must be a list of texts");
    return list->get<std::vector<std::string>>();
}

Reservation read_entry(const Json& entry, const std::string& where) {
    if (!entry.is_object()) refuse(where, "must be an object with user, resources and perhaps expires");
    check_keys(entry, {"user", "resources", "expires"}, where);
    Reservation reservation;
    reservation.user = text_of(entry, "user", where);
    reservation.resources = resources_of(entry, where);
    if (entry.contains("expires")) {
        const std::string text = text_of(entry, "expires", where);
        reservation.expires = parse_rfc3339(text);
        if (!reservation.expires)
            refuse(where, "'expires' is '" + text + "', not a time like 2026-11-22T18:00:00Z (RFC 3339)");
    }
    return reservation;
}

} // namespace

std::vector<Reservation> parse_reservations(std::string_view json) {
    const Json root = parse_json(json);
    if (!root.is_object()) refuse({}, R"(must be an object such as {"version": 1, "reservations": []})");
    const auto version = root.find("version");
    if (version == root.end()) refuse({}, "'version' is missing, which must be 1");
    if (!version->is_number() || *version != 1)
        refuse({}, "'version' is " + (version->is_number() ? version->dump() : "no number") +
                       ": this otto reads version 1 only");
    check_keys(root, {"version", "reservations"}, {});
    const auto list = root.find("reservations");
    if (list == root.end() || !list->is_array())
        refuse({}, list == root.end() ? "'reservations' is missing" : "'reservations' must be a list");
    std::vector<Reservation> reservations;
    for (std::size_t i = 0; i < list->size(); ++i)
        reservations.push_back(read_entry((*list)[i], "reservations[" + std::to_string(i) + "]"));
    return reservations;
}

} // namespace otto
