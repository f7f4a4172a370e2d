#include "arguments.hpp"

#include "help.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <limits>

namespace otto::cli {
namespace {

using Words = std::vector<std::string>;

Error usage(std::string message) {
    return Error(Errc::usage, std::move(message)).advice("see otto --help");
}

// ---- Options. CLI11 sees options only; words are ours, because CLI11 splits a word like "[ -f /x ]" into a
// list and takes a word that is also a command's name for that command.

std::pair<std::string, std::string> name_and_value(const std::string& text, const char* option) {
    const auto equals = text.find('=');
    if (equals == 0 || equals == std::string::npos)
        throw usage(std::string(option) + ": '" + text + "' is not NAME=VALUE");
    return {text.substr(0, equals), text.substr(equals + 1)};
}

Duration timeout_of(const std::string& text) {
    const auto span = parse_duration(text);
    if (!span || span->count() <= 0)
        throw usage("--timeout: '" + text + "' is no time span such as 30s, 250ms or 2m");
    return *span;
}

std::size_t size_of(const std::string& text) {
    const auto size = parse_size(text);
    if (!size || *size > std::numeric_limits<std::size_t>::max())
        throw usage("--output-limit: '" + text + "' is no size such as 4096, 64KiB or 16MiB");
    return static_cast<std::size_t>(*size);
}

std::size_t fanout_of(const std::string& text) {
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    const std::size_t hosts = digits && text.size() < 7 ? std::stoul(text) : 0;
    if (hosts == 0) throw usage("--fanout: '" + text + "' is no number of hosts from 1 to 999999");
    return hosts;
}

Format format_of(const std::string& text) {
    if (text == "text") return Format::text;
    if (text == "json") return Format::json;
    if (text == "jsonl") return Format::jsonl;
    throw usage("--format: '" + text + "' is none of text, json, jsonl");
}

// Options that mean something to some commands only: given to another, they would be ignored in silence.
struct Narrow {
    const char* name;
    std::vector<Verb> verbs;
};

const std::vector<Narrow>& narrow_options() {
    static const std::vector<Verb> commands = {Verb::run, Verb::exec};
    static const std::vector<Verb> fleet = {Verb::run, Verb::exec, Verb::put, Verb::get, Verb::check};
    static const std::vector<Verb> selecting = {Verb::run, Verb::exec,  Verb::put,
                                                Verb::get, Verb::check, Verb::hosts};
    static const std::vector<Narrow> all = {
        {"--env", commands},  {"--script", commands}, {"--stop", commands}, {"--output-limit", commands},
        {"--timeout", fleet}, {"--fanout", fleet},    {"--serial", fleet},  {"--option", fleet},
        {"--log-dir", fleet}, {"--hosts", selecting},
    };
    return all;
}

class Options {
  public:
    // With `only_leading`, everything from the first word on is left alone.
    Options(Request& request, bool only_leading)
        : request_(request) {
        app_.set_help_flag();
        app_.prefix_command(only_leading);
        app_.allow_extras();
        add_places();
        add_permission();
        add_selection();
        add_commands();
        add_display();
    }

    // What is no option, in order, "--" included.
    Words parse(Words arguments) {
        std::ranges::reverse(arguments); // CLI11 takes them from the back
        try {
            app_.parse(std::move(arguments));
        } catch (const CLI::ParseError& e) {
            throw usage(e.what());
        }
        return app_.remaining();
    }

    [[nodiscard]] bool given(const char* name) const { return app_.count(name) > 0; }

  private:
    void flag(const char* names, bool& target) { app_.add_flag(names, target); }

    template <class F>
    void value(const char* names, F take) {
        app_.add_option_function<std::string>(names, std::move(take))->allow_extra_args(false);
    }

    // May be given several times; each time with one value, taken as it is.
    template <class F>
    void values(const char* names, F take) {
        const auto take_all = [take = std::move(take)](const Words& all) {
            for (const auto& text : all)
                take(text);
        };
        app_.add_option_function<Words>(names, take_all)
            ->allow_extra_args(false)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }

    void add_places() {
        values("-l,--lab", [this](const std::string& t) { request_.labs.push_back(t); });
        values("--lab-path", [this](const std::string& t) { request_.lab_paths.emplace_back(t); });
        values("--plugin-dir", [this](const std::string& t) { request_.plugin_dirs.emplace_back(t); });
    }

    void add_permission() {
        flag("-n,--dry-run", request_.dry_run);
        value("--reservations", [this](const std::string& t) { request_.reservations = t; });
        value("--as-user", [this](const std::string& t) { request_.as_user = t; });
        flag("-R,--skip-reservation-check", request_.skip_reservations);
    }

    void add_selection() {
        value("--hosts", [this](const std::string& t) { request_.pattern = t; });
        values("-o,--option",
               [this](const std::string& t) { request_.options.push_back(name_and_value(t, "--option")); });
        value("--timeout", [this](const std::string& t) { request_.timeout = timeout_of(t); });
        value("--fanout", [this](const std::string& t) { request_.fanout = fanout_of(t); });
        app_.add_flag_callback("--serial", [this] { request_.fanout = 1; });
    }

    void add_commands() {
        values("--env", [this](const std::string& t) { request_.env.push_back(name_and_value(t, "--env")); });
        values("--script", [this](const std::string& t) { request_.scripts.emplace_back(t); });
        flag("--stop", request_.stop);
        value("--output-limit", [this](const std::string& t) { request_.output_limit = size_of(t); });
    }

    void add_display() {
        value("--format", [this](const std::string& t) { request_.format = format_of(t); });
        value("--log-dir", [this](const std::string& t) { request_.log_dir = t; });
        app_.add_flag("-v,--verbose", request_.verbosity);
        flag("-q,--quiet", request_.quiet);
        app_.add_flag("-h,--help");
        app_.add_flag("-V,--version");
    }

    Request& request_;
    CLI::App app_;
};

// ---- Words

// What every command does with its words.
struct CommandRow {
    const char* name;
    void (*read)(Request& request, Words words);
};

std::string joined(Words::const_iterator from, Words::const_iterator to) {
    std::string text;
    for (; from != to; ++from)
        text += (text.empty() ? "" : " ") + *from;
    return text;
}

// An option that nobody knows is most often part of a command that wants quotes. `words` are those before it,
// from the command on; `rest` begins with the option.
Error unexpected_option(const Words& words, const Words& rest) {
    Error error = usage("unexpected option '" + rest.front() + "'");
    const bool on_host = words.front() == "host" && words.size() > 2;
    const std::size_t first = on_host ? 3 : 1; // where the command's text begins
    const std::string& verb = words[first - 1];
    if ((verb == "run" || verb == "exec") && words.size() > first) {
        const auto text = words.begin() + static_cast<std::ptrdiff_t>(first);
        error.advice("quote it: otto " + joined(words.begin(), text) + " '" + joined(text, words.end()) +
                     " " + joined(rest.begin(), rest.end()) + "'");
    }
    return error;
}

// "ls -la" without quotes would name the lab "a": behind a word, -l and -o take no value in the same
// argument.
void refuse_attached_values(const Words& arguments) {
    for (auto at = arguments.begin(); at != arguments.end() && *at != "--"; ++at) {
        const bool attached = at->size() > 2 && (at->starts_with("-l") || at->starts_with("-o"));
        const auto words = std::distance(arguments.begin(), at);
        if (attached && words > (arguments.front() == "host" ? 3 : 1))
            throw unexpected_option(Words(arguments.begin(), at), Words(at, arguments.end()));
    }
}

// The words from the command on, and those behind "--" whatever they look like.
Words without_options(const Words& extras) {
    Words words;
    for (auto at = extras.begin(); at != extras.end(); ++at) {
        if (*at == "--") {
            words.insert(words.end(), std::next(at), extras.end());
            break;
        }
        if (at->size() > 1 && at->front() == '-') throw unexpected_option(words, Words(at, extras.end()));
        words.push_back(*at);
    }
    words.erase(words.begin());
    return words;
}

void no_words(const Words& words, const std::string& command) {
    if (!words.empty()) throw usage("'otto " + command + "' takes no argument '" + words.front() + "'");
}

void read_commands(Request& request, Words words) {
    if (words.empty() && request.scripts.empty()) throw usage("no command given: otto run 'uname -a'");
    request.commands = std::move(words);
}

void read_files(Request& request, Words words) {
    const std::string verb = request.verb == Verb::put ? "put" : "get";
    if (words.size() < 2) throw usage("'" + verb + "' wants SOURCE... DESTINATION");
    request.destination = words.back();
    words.pop_back();
    request.sources = std::move(words);
}

void read_run(Request& request, Words words) {
    request.verb = Verb::run;
    read_commands(request, std::move(words));
}

void read_exec(Request& request, Words words) {
    request.verb = Verb::exec;
    read_commands(request, std::move(words));
}

void read_put(Request& request, Words words) {
    request.verb = Verb::put;
    read_files(request, std::move(words));
}

void read_get(Request& request, Words words) {
    request.verb = Verb::get;
    read_files(request, std::move(words));
}

void read_check(Request& request, Words words) {
    request.verb = Verb::check;
    no_words(words, "check");
}

void read_hosts(Request& request, Words words) {
    request.verb = Verb::hosts;
    no_words(words, "hosts");
}

void read_schema(Request& request, Words words) {
    request.verb = Verb::schema;
    no_words(words, "schema");
}

void read_plugins(Request& request, Words words) {
    request.verb = Verb::plugins;
    no_words(words, "plugins");
}

// The word after the command that says which of its verbs is meant.
std::string take_word(Words& words, const std::string& command, const std::string& choices) {
    if (words.empty()) throw usage("'otto " + command + "' wants one of " + choices);
    std::string word = words.front();
    words.erase(words.begin());
    return word;
}

void read_plugin(Request& request, Words words) {
    const std::string verb = take_word(words, "plugin", "list");
    if (verb != "list") throw usage("'otto plugin' has no '" + verb + "'; it has list");
    read_plugins(request, std::move(words));
}

void read_lab(Request& request, Words words) {
    const std::string verb = take_word(words, "lab", "check");
    if (verb != "check") throw usage("'otto lab' has no '" + verb + "'; it has check");
    request.verb = Verb::lab_check;
    if (words.empty()) throw usage("'otto lab check' wants FILE...");
    request.sources = std::move(words);
}

void read_reservation(Request& request, Words words) {
    const std::string verb = take_word(words, "reservation", "whoami, check");
    if (verb != "whoami" && verb != "check")
        throw usage("'otto reservation' has no '" + verb + "'; it has whoami, check");
    request.verb = verb == "whoami" ? Verb::reservation_whoami : Verb::reservation_check;
    no_words(words, "reservation " + verb);
}

void read_host(Request& request, Words words) {
    if (words.empty()) throw usage("'otto host' wants ID run|exec|put|get ...");
    if (!request.pattern.empty()) throw usage("--hosts and 'otto host ID' exclude each other");
    request.host = words.front();
    words.erase(words.begin());
    static constexpr std::array<CommandRow, 4> verbs = {
        CommandRow{"run", &read_run}, {"exec", &read_exec}, {"put", &read_put}, {"get", &read_get}};
    const std::string verb = take_word(words, "host ID", "run, exec, put, get");
    const auto* row = std::ranges::find_if(verbs, [&](const CommandRow& r) { return r.name == verb; });
    if (row == verbs.end()) throw usage("'otto host ID' has no '" + verb + "'; it has run, exec, put, get");
    row->read(request, std::move(words));
}

constexpr std::array<CommandRow, 12> commands = {
    CommandRow{"run", &read_run}, {"exec", &read_exec},       {"put", &read_put},
    {"get", &read_get},           {"check", &read_check},     {"host", &read_host},
    {"hosts", &read_hosts},       {"lab", &read_lab},         {"schema", &read_schema},
    {"plugin", &read_plugin},     {"plugins", &read_plugins}, {"reservation", &read_reservation}};

void require_meaning(const Options& options, const Request& request, const std::string& command) {
    for (const auto& option : narrow_options()) {
        const bool meant = std::ranges::find(option.verbs, request.verb) != option.verbs.end();
        if (options.given(option.name) && !meant)
            throw usage(std::string(option.name) + " means nothing to 'otto " + command + "'");
    }
    if (options.given("--serial") && options.given("--fanout"))
        throw usage("--serial is --fanout 1: give one of them");
    if (!request.commands.empty() && !request.scripts.empty())
        throw usage("give commands or --script, not both: their order would be a guess");
}

// True if `request` is complete: the user asked for a text.
bool asks_for_text(const Options& options, Request& request) {
    if (options.given("--help")) {
        request.verb = Verb::help;
        request.text = help_text();
        return true;
    }
    if (options.given("--version")) {
        request.verb = Verb::version;
        request.text = version_text();
        return true;
    }
    return false;
}

} // namespace

Request parse_arguments(const std::vector<std::string>& arguments) {
    Request leading;
    Options leading_options(leading, true);
    const Words rest = leading_options.parse(arguments);
    if (asks_for_text(leading_options, leading)) return leading;
    if (rest.empty()) throw usage("no command given");
    const std::string& command = rest.front();
    if (command.starts_with('-')) throw usage("unexpected option '" + command + "'");

    const auto* row = std::ranges::find_if(commands, [&](const CommandRow& r) { return r.name == command; });
    if (row == commands.end()) {
        leading.verb = Verb::tool;
        leading.tool = command;
        leading.tool_arguments.assign(std::next(rest.begin()), rest.end());
        return leading;
    }

    refuse_attached_values(rest);
    Request request;
    Options options(request, false);
    const Words extras = options.parse(arguments);
    if (asks_for_text(options, request)) return request;
    row->read(request, without_options(extras));
    require_meaning(options, request, command);
    return request;
}

} // namespace otto::cli
