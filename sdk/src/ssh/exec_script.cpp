#include <otto/error.hpp>
#include <otto/sdk/posix_frame.hpp>
#include <otto/sdk/ssh/exec_script.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace otto::sdk {

namespace {

constexpr std::size_t argument_limit = 48 * 1024; // the login shell and ours have to pass it on

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Between single quotes, sh, csh, fish and zsh agree about everything but these: the quote itself, csh's
// history and its newline, fish's backslash.
bool is_safe_argument(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) {
        return c == '\'' || c == '!' || c == '\\' || (static_cast<unsigned char>(c) < 0x20 && c != '\t');
    });
}

void check(const Command& command) {
    if (command.text().find('\0') != std::string::npos)
        throw Error(Errc::usage, "a command cannot hold a NUL byte");
    for (const auto& [name, value] : command.env()) {
        const bool valid = !name.empty() && std::all_of(name.begin(), name.end(), is_plain) &&
                           (name[0] < '0' || name[0] > '9');
        if (!valid) throw Error(Errc::usage, "'" + name + "' is no name for an environment variable");
        if (value.find('\0') != std::string::npos)
            throw Error(Errc::usage, "the environment variable " + name + " cannot hold a NUL byte");
    }
    if (command.directory().find('\0') != std::string::npos)
        throw Error(Errc::usage, "the directory cannot hold a NUL byte");
}

// What precedes the command: tell the process group, mark the processes, set the scene.
std::string preamble(const Command& command, const std::string& id) {
    const char* stream = command.wants_pty() ? "" : " >&2";
    std::string text = "printf \"\\036otto:" + id + ":%s\\036\" $$" + stream + "; ";
    text += std::string(ExecScript::marker) + "=" + id + "; export " + ExecScript::marker + "; ";
    for (const auto& [name, value] : command.env())
        text += "export " + name + "=" + posix_quote(value) + "; ";
    if (!command.directory().empty())
        text += "CDPATH= cd -- " + posix_quote(command.directory()) + " || exit; ";
    return text;
}

// For printf %b in double quotes: everything but the plainest as \0ooo.
std::string encode(std::string_view text) {
    constexpr std::string_view as_it_is = " ./-_=:,+@%^~()[]{}<>|&;*?#";
    std::string encoded;
    for (const char c : text) {
        if (is_plain(c) || as_it_is.find(c) != std::string_view::npos) {
            encoded.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += "\\0";
        for (int shift = 6; shift >= 0; shift -= 3)
            encoded.push_back(static_cast<char>('0' + (byte >> shift & 7)));
    }
    return encoded;
}

} // namespace

ExecScript::ExecScript(const Command& command, const std::string& shell, std::string id)
    : id_(std::move(id)) {
    check(command);
    const auto before = preamble(command, id_);
    const auto& text = command.text();
    // The mark's printf has a backslash, which fish keeps in single quotes unless it precedes a quote or a
    // backslash.
    const bool simple = command.env().empty() && command.directory().empty() && is_safe_argument(text);
    if (simple && text.size() <= argument_limit) {
        // As the last command of -c, the shell becomes the command instead of forking.
        line_ = "exec " + shell + " -c '" + before + text + "'";
        return;
    }
    const auto encoded = encode(before + "\n" + text);
    if (encoded.size() <= argument_limit) {
        line_ = "exec " + shell + " -c 'eval \"$(printf %b \"" + encoded + "\")\"'";
        return;
    }
    if (command.wants_pty())
        throw Error(Errc::usage, "the command is too long for a terminal")
            .advice("run it without pty, or put it into a file");
    line_ = "exec " + shell + " -s";
    // One logical line, so that the shell reads no further before it has run the command.
    prologue_ = before + "eval " + posix_quote(text) + "; exit $?\n";
}

MarkFilter::MarkFilter(const std::string& id)
    : head_("\036otto:" + id + ":") {}

std::string MarkFilter::pass(std::string_view bytes) {
    if (pid_ && kept_.empty()) return std::string(bytes);
    kept_ += bytes;
    const auto begin = kept_.find(head_);
    if (begin == std::string::npos) {
        // Keep the longest end that begins like the mark.
        auto size = std::min(kept_.size(), head_.size() - 1);
        while (size > 0 && kept_.compare(kept_.size() - size, size, head_, 0, size) != 0)
            --size;
        auto passed = kept_.substr(0, kept_.size() - size);
        kept_.erase(0, kept_.size() - size);
        return passed;
    }
    const auto number = begin + head_.size();
    const auto end = kept_.find('\036', number);
    if (end == std::string::npos) {
        auto passed = kept_.substr(0, begin);
        kept_.erase(0, begin);
        return passed;
    }
    long pid = 0;
    std::from_chars(kept_.data() + number, kept_.data() + end, pid);
    pid_ = pid;
    auto passed = kept_.substr(0, begin) + kept_.substr(end + 1);
    kept_.clear();
    return passed;
}

std::string MarkFilter::rest() {
    return std::exchange(kept_, {});
}

std::string kill_script(const std::string& shell, const std::string& id, long pid) {
    const auto group = std::to_string(pid);
    // No backslash, quote or exclamation mark inside: see is_safe_argument.
    return "exec " + shell + " -c 'm() { grep -ls " + ExecScript::marker + "=" + id +
           " /proc/[0-9]*/environ 2>/dev/null; }; " + "k() { kill -$1 -" + group +
           " 2>/dev/null; for e in $(m); do e=${e%/environ}; kill -$1 ${e#/proc/} 2>/dev/null; done; }; " +
           "l() { kill -0 -" + group + " 2>/dev/null || test -n \"$(m)\"; }; " +
           "w() { for i in 1 2 3 4 5; do l || exit 0; sleep 0.02 2>/dev/null || sleep 1; done; }; " +
           "k TERM; w; k KILL; w; echo left'";
}

} // namespace otto::sdk
