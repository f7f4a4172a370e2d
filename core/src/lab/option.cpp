#include <otto/option.hpp>

namespace otto {

std::string_view to_string(OptionKind kind) noexcept {
    switch (kind) {
    case OptionKind::boolean:
        return "boolean";
    case OptionKind::integer:
        return "integer";
    case OptionKind::number:
        return "number";
    case OptionKind::string:
        return "string";
    case OptionKind::secret:
        return "secret";
    case OptionKind::duration:
        return "duration";
    case OptionKind::size:
        return "size";
    case OptionKind::choice:
        return "choice";
    case OptionKind::path:
        return "path";
    case OptionKind::string_list:
        return "list of strings";
    case OptionKind::string_map:
        return "map of strings";
    }
    return "unknown";
}

std::string to_string(const SourceMark& mark) {
    if (mark.line == 0) return mark.file;
    return mark.file + ":" + std::to_string(mark.line) + ":" + std::to_string(mark.column);
}

OptionValues::OptionValues() = default;
OptionValues::~OptionValues() = default;
OptionValues::OptionValues(const OptionValues&) = default;
OptionValues& OptionValues::operator=(const OptionValues&) = default;

bool OptionValues::has(std::string_view name) const noexcept {
    return find(name) != nullptr;
}

const OptionValue* OptionValues::find(std::string_view name) const noexcept {
    const auto entry = entries_.find(name);
    return entry == entries_.end() ? nullptr : &entry->second.value;
}

template <class T>
const T& OptionValues::get(std::string_view name) const {
    const OptionValue* value = find(name);
    if (!value)
        throw Error(Errc::internal,
                    "the driver asked for option '" + std::string(name) +
                        "', which has no value: it must ask has() first, or its table is wrong");
    const T* typed = std::get_if<T>(value);
    if (!typed)
        throw Error(Errc::internal, "the driver asked for option '" + std::string(name) +
                                        "' as another kind than its table says");
    return *typed;
}

bool OptionValues::boolean(std::string_view name) const {
    return get<bool>(name);
}
std::int64_t OptionValues::integer(std::string_view name) const {
    return get<std::int64_t>(name);
}
double OptionValues::number(std::string_view name) const {
    return get<double>(name);
}
std::string OptionValues::text(std::string_view name) const {
    return get<std::string>(name);
}
Duration OptionValues::duration(std::string_view name) const {
    return get<Duration>(name);
}
const Secret& OptionValues::secret(std::string_view name) const {
    return get<Secret>(name);
}

std::optional<std::string> OptionValues::optional_text(std::string_view name) const {
    if (!has(name)) return std::nullopt;
    return text(name);
}

std::uint64_t OptionValues::size(std::string_view name) const {
    return static_cast<std::uint64_t>(get<std::int64_t>(name));
}

std::vector<std::string> OptionValues::list(std::string_view name) const {
    return get<std::vector<std::string>>(name);
}

std::map<std::string, std::string> OptionValues::map(std::string_view name) const {
    return get<std::map<std::string, std::string>>(name);
}

SourceMark OptionValues::mark(std::string_view name) const {
    const auto entry = entries_.find(name);
    return entry == entries_.end() ? SourceMark() : entry->second.mark;
}

void OptionValues::set(std::string name, OptionValue value, SourceMark mark) {
    entries_.insert_or_assign(std::move(name), Entry{std::move(value), std::move(mark)});
}

void OptionValues::erase(std::string_view name) {
    const auto entry = entries_.find(name);
    if (entry != entries_.end()) entries_.erase(entry);
}

std::vector<std::string> OptionValues::names() const {
    std::vector<std::string> names;
    names.reserve(entries_.size());
    for (const auto& [name, entry] : entries_)
        names.push_back(name);
    return names;
}

OptionError::OptionError(std::string option, std::string message)
    : Error(Errc::lab, std::move(message))
    , option_(std::move(option)) {}
OptionError::~OptionError() = default;

} // namespace otto
