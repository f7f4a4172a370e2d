#include "lab/option_reader.hpp"

#include "lab/option_parse.hpp"
#include "lab/option_text.hpp"

#include <array>

namespace otto {
namespace {

using Kind = YamlNode::Kind;

constexpr std::array<std::string_view, 4> secret_tags = {"!env", "!file", "!command", "!ask"};

bool is_secret_tag(std::string_view tag) {
    return std::find(secret_tags.begin(), secret_tags.end(), tag) != secret_tags.end();
}

[[noreturn]] void refuse(std::string reason) {
    throw Error(Errc::lab, std::move(reason));
}

[[noreturn]] void refuse_tag(const std::string& tag) {
    if (is_secret_tag(tag)) refuse("'" + tag + "' stands for a secret, which this key does not take");
    refuse("unknown tag '" + tag + "'" + did_you_mean(tag, {secret_tags.begin(), secret_tags.end()}) +
           ": there are !env, !file, !command and !ask");
}

bool is_variable_name(std::string_view name) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    return !name.empty() && letters.find(name.front()) != std::string_view::npos &&
           name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789") ==
               std::string_view::npos;
}

std::string_view noun(Kind kind) {
    return kind == Kind::sequence ? "a list" : "a mapping";
}

} // namespace

std::string OptionReader::text_of(const YamlNode& node, const KeyOwner& owner) {
    if (!node.tag.empty()) refuse_tag(node.tag);
    if (node.kind == Kind::null) refuse("there is no value");
    if (node.kind != Kind::scalar) refuse("expected a text, not " + std::string(noun(node.kind)));
    return owner.numbers ? expand_placeholders(node.text, *owner.numbers) : node.text;
}

Secret OptionReader::secret_of(const OptionSpec& spec, const YamlNode& node, const KeyOwner& owner) {
    YamlNode plain = node;
    plain.tag.clear();
    if (node.tag == "!command") {
        std::vector<std::string> argv;
        for (const YamlPtr& item : node.items)
            argv.push_back(text_of(*item, owner));
        if (argv.empty() || argv.front().empty())
            refuse("write the program and its arguments as a list: !command [pass, show, lab]");
        return Secret::command(std::move(argv), lab_.trusted);
    }
    if (node.tag == "!ask" && (node.kind == Kind::null || (node.kind == Kind::scalar && node.text.empty())))
        return Secret::ask(spec.name);
    if (!node.tag.empty() && !is_secret_tag(node.tag)) refuse_tag(node.tag);
    const std::string text = text_of(plain, owner);
    if (node.tag == "!ask") return Secret::ask(text);
    if (node.tag == "!env") {
        if (!is_variable_name(text))
            refuse("expected the name of an environment variable after !env, not '" + text + "'");
        return Secret::env(text);
    }
    if (node.tag == "!file") {
        if (text.empty()) refuse("expected a path after !file");
        return Secret::file(absolute_path(text, lab_.base));
    }
    faults_.warn(lab_.mark(node.mark),
                 owner.title + ": '" + spec.name +
                     "' is written in the file: keep it out with !env, !file, !command or !ask");
    return Secret::literal(text);
}

OptionValue OptionReader::value_of(const OptionSpec& spec, const YamlNode& node, const KeyOwner& owner) {
    if (spec.kind == OptionKind::secret) return secret_of(spec, node, owner);
    if (!node.tag.empty()) refuse_tag(node.tag);
    if (node.kind == Kind::null) refuse("there is no value");
    if (spec.kind == OptionKind::string_list && node.kind == Kind::sequence) {
        std::vector<std::string> list;
        for (const YamlPtr& item : node.items)
            list.push_back(text_of(*item, owner));
        return list;
    }
    if (spec.kind == OptionKind::string_map && node.kind == Kind::mapping) {
        std::map<std::string, std::string> map;
        for (const YamlEntry& entry : node.entries)
            map.emplace(entry.key, text_of(*entry.value, owner));
        return map;
    }
    if (node.kind != Kind::scalar)
        refuse("expected " + expected_value(spec) + ", not " + std::string(noun(node.kind)));
    if (spec.kind == OptionKind::string_map) refuse("expected a mapping of texts, not '" + node.text + "'");
    return parse_option_in(spec, text_of(node, owner), lab_.base);
}

std::optional<OptionValue> OptionReader::read(const OptionSpec& spec, const YamlEntry& entry,
                                              const KeyOwner& owner) {
    try {
        return value_of(spec, *entry.value, owner);
    } catch (const Error& error) {
        faults_.add(mark(entry), owner.title + ": option '" + entry.key + "': " + error.message());
        return std::nullopt;
    }
}

std::optional<std::string> OptionReader::read_text(const YamlEntry& entry, const KeyOwner& owner) {
    try {
        std::string text = text_of(*entry.value, owner);
        if (text.empty()) refuse("there is no value");
        return text;
    } catch (const Error& error) {
        faults_.add(mark(entry), owner.title + ": '" + entry.key + "': " + error.message());
        return std::nullopt;
    }
}

std::optional<std::vector<std::string>> OptionReader::read_texts(const YamlEntry& entry,
                                                                 const KeyOwner& owner) {
    try {
        std::vector<std::string> texts = read_text_list(*entry.value);
        for (std::string& text : texts)
            if (owner.numbers) text = expand_placeholders(text, *owner.numbers);
        return texts;
    } catch (const Error& error) {
        faults_.add(mark(entry), owner.title + ": '" + entry.key + "': " + error.message());
        return std::nullopt;
    }
}

} // namespace otto
