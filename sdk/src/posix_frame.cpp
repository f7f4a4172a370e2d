#include <otto/error.hpp>
#include <otto/sdk/posix_frame.hpp>

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace otto::sdk {
namespace {

// What the session's shell is taught. Marks go to copies of the streams, so that `exec >file` by a command
// does not take them away; builtins are called by `command`, so that functions of the same name do not get in
// the way. Names begin with _otto_:
//   n nonce   s sequence   c the command   i its input   x how it is run   b 1 while it runs   w where to go
//   back to
// INT while a command runs: if the function that `eval`s it is the innermost one (its first argument is the
// nonce), returning from it ends the whole command and keeps the state. Inside a function of the user's,
// `return` would only end that one and the rest of the command would run on, so the shell ends there, and a
// fresh one takes its place.
constexpr std::string_view functions =
    R"sh(case ${_otto_n-} in @NONCE@) ;; *) exec 7<&0 8>&1 9>&2; _otto_b=0 ;; esac
_otto_n=@NONCE@
_otto_mark() { @MARK@; }
_otto_exec() { eval "$_otto_x"; }
_otto_back() { case ${_otto_w-} in ?*) command cd -- "$_otto_w" || : ;; esac; _otto_w=; }
_otto_end() { case $_otto_b in 1) _otto_b=0; _otto_back; _otto_mark "$1:x"; exec @SHELL@ <&7 >&8 2>&9 ;; esac; }
_otto_int='case $_otto_b-${1-} in 1-@NONCE@) return 130 ;; 1-*) exit 130 ;; esac'
_otto_run() { _otto_s=$1; trap "$_otto_int" INT; _otto_mark b; _otto_b=1; _otto_exec @NONCE@; _otto_done $?; }
_otto_done() { _otto_b=0; _otto_back; _otto_mark "$1:-"; }
trap '_otto_end $?' EXIT
)sh";
constexpr std::string_view print_mark =
    R"sh(command printf '\036%s:%s:%s\036' @NONCE@ "$_otto_s" "$1" >&8)sh";
constexpr std::string_view print_error_mark =
    R"sh(command printf '\036%s:%s:%s\036' @NONCE@ "$_otto_s" "$1" >&9)sh";

void replace_all(std::string& text, std::string_view what, std::string_view by) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
        text.replace(at, what.size(), by);
}

std::uint64_t random_number() {
    std::uint64_t number = 0;
    if (::getrandom(&number, sizeof number, 0) != static_cast<ssize_t>(sizeof number))
        throw std::system_error(errno, std::generic_category(), "getrandom");
    return number;
}

std::string random_hex() {
    std::array<char, 17> text{};
    std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(random_number()));
    return text.data();
}

bool is_name(std::string_view text) {
    auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    auto inner = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
    return !text.empty() && letter(text.front()) && std::all_of(text.begin(), text.end(), inner);
}

// For `printf %b`: plain characters stay, all else is \0ooo; so the bytes pass a terminal's line editor, too.
// `!` would be history expansion there.
void append_escaped(std::string& out, char c) {
    if (c >= ' ' && c < '\x7f' && c != '\'' && c != '\\' && c != '!') {
        out += c;
        return;
    }
    auto byte = static_cast<unsigned char>(c);
    out += "\\0";
    for (int shift = 6; shift >= 0; shift -= 3)
        out += static_cast<char>('0' + (byte >> shift & 7));
}

void refuse_nul(std::string_view text, const char* what) {
    if (text.find('\0') != std::string_view::npos)
        throw Error(Errc::usage, std::string(what) + " contains a NUL byte, which no shell can take");
}

void check(const Command& command) {
    refuse_nul(command.text(), "the command");
    refuse_nul(command.directory(), "the directory");
    for (const auto& [name, value] : command.env()) {
        if (!is_name(name)) throw Error(Errc::usage, "'" + name + "' is no name for an environment variable");
        refuse_nul(value, "an environment variable");
    }
    if (command.input() && command.input()->size() > PosixFrame::input_limit)
        throw Error(Errc::usage, "the command's input is too large for a session's shell: it takes 1 MiB")
            .advice("use exec, or put it into a file");
}

// The text that runs the command in $_otto_c.
std::string how_to_run(const Command& command) {
    std::string run;
    for (const auto& [name, value] : command.env())
        run += name + '=' + posix_quote(value) + ' ';
    run += R"(command eval "$_otto_c")"; // `command`: an error in it must not end the shell
    if (!command.input()) {
        run += " </dev/null";
    } else if (command.input()->empty()) {
        run = "( " + run + " </dev/null )";
    } else {
        run = R"(command printf %b "$_otto_i" 2>/dev/null | )" + run;
    }
    if (command.directory().empty()) return run;
    std::string directory =
        command.directory().front() == '-' ? "./" + command.directory() : command.directory();
    return "_otto_w=$PWD; CDPATH= command cd -- " + posix_quote(directory) + " || return 1\n" + run;
}

} // namespace

std::string posix_quote(std::string_view text) {
    std::string quoted = "'";
    for (char c : text) {
        if (c == '\'') {
            quoted += R"('\'')";
        } else {
            quoted += c;
        }
    }
    return quoted += '\'';
}

PosixFrame::PosixFrame(Channel channel, std::string shell)
    : channel_(channel)
    , shell_(std::move(shell))
    , nonce_(random_hex())
    , out_(nonce_)
    , error_(nonce_) {}

std::string PosixFrame::preamble() const {
    std::string text;
    if (channel_ == Channel::terminal) text = "stty -echo 2>/dev/null; PS1= PS2=\n";
    text += functions;
    std::string mark(print_mark);
    if (channel_ == Channel::pipes) mark += "; " + std::string(print_error_mark);
    replace_all(text, "@MARK@", mark);
    replace_all(text, "@NONCE@", nonce_);
    replace_all(text, "@SHELL@", channel_ == Channel::pipes ? shell_ + " -s" : shell_);
    return text;
}

// Statements that set the variable. On a terminal: short lines of plain characters, put together by the
// shell.
void PosixFrame::append_data(std::string& script, std::string_view name, std::string_view data) const {
    std::string variable(name);
    if (channel_ == Channel::pipes) {
        script += variable + '=' + posix_quote(data) + '\n';
        return;
    }
    constexpr std::size_t piece = 700;
    script += variable + "=\n";
    std::string line;
    auto flush = [&] { script += variable + "=$" + variable + '\'' + std::exchange(line, {}) + "'\n"; };
    for (char c : data) {
        append_escaped(line, c);
        if (line.size() > piece) flush();
    }
    if (!line.empty()) flush();
    // The x keeps trailing newlines from the substitution.
    script +=
        variable + "=$(command printf %bx \"$" + variable + "\"); " + variable + "=${" + variable + "%x}\n";
}

std::string PosixFrame::begin(const Command& command) {
    check(command);
    if (state_ != State::idle) throw Error(Errc::internal, "the session's shell is not ready for a command");
    std::string script = prepared_ ? std::string() : preamble();
    prepared_ = true;
    ++sequence_;
    append_data(script, "_otto_c", command.text());
    append_data(script, "_otto_x", how_to_run(command));
    if (command.input() && !command.input()->empty()) {
        std::string escaped;
        for (char c : *command.input())
            append_escaped(escaped, c);
        append_data(script, "_otto_i", escaped);
    }
    script += "_otto_run " + std::to_string(sequence_) + '\n';
    out_.expect_command(sequence_);
    if (channel_ == Channel::pipes) error_.expect_command(sequence_);
    state_ = State::running;
    return script;
}

std::string PosixFrame::resync() {
    if (state_ == State::gone) throw Error(Errc::internal, "the session's shell has ended");
    ++sequence_;
    prepared_ = true;
    std::uint64_t a = random_number() % 1'000'000'000;
    std::uint64_t b = random_number() % 1'000'000'000;
    std::string answer = std::to_string(a + b);
    out_.expect_probe(sequence_, answer);
    if (channel_ == Channel::pipes) error_.expect_probe(sequence_, answer);
    state_ = State::resyncing;
    return '\n' + preamble() + "_otto_s=" + std::to_string(sequence_) + "; _otto_mark p$((" +
           std::to_string(a) + '+' + std::to_string(b) + "))\n";
}

void PosixFrame::feed(StreamId stream, std::string_view bytes, const Output& output) {
    if (channel_ == Channel::terminal) stream = StreamId::output;
    MarkScanner& scanner = stream == StreamId::output ? out_ : error_;
    MarkScanner::Output give = [&](std::string_view text) { output(stream, text); };
    scanner.feed(bytes, give);
    settle();
}

void PosixFrame::end_of_stream(StreamId stream, const Output& output) {
    MarkScanner& scanner = stream == StreamId::output ? out_ : error_;
    MarkScanner::Output give = [&](std::string_view text) { output(stream, text); };
    scanner.finish(give);
    state_ = State::gone;
}

void PosixFrame::settle() {
    bool waiting = state_ == State::running || state_ == State::resyncing;
    if (!waiting || !out_.done() || !error_.done()) return;
    if (state_ == State::running && out_.shell_replaced()) prepared_ = false;
    state_ = State::idle;
}

} // namespace otto::sdk
