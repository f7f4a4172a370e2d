#include <otto/event.hpp>
#include <otto/result.hpp>

#include <sstream>
#include <string>
#include <support/catch.hpp>

using otto::decode_text;
using otto::is_utf8;

namespace {

const std::string replacement = "\xef\xbf\xbd"; // U+FFFD

std::string replacements(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += replacement;
    return text;
}

} // namespace

// The Unicode Standard 15, table 3-7: first and last sequence of each row.
TEST_CASE("well-formed UTF-8 is kept") {
    const std::string valid[] = {
        std::string(1, '\0'), "\x7f",             // U+0000..U+007F
        "\xc2\x80",           "\xdf\xbf",         // U+0080..U+07FF
        "\xe0\xa0\x80",       "\xe0\xbf\xbf",     // U+0800..U+0FFF
        "\xe1\x80\x80",       "\xec\xbf\xbf",     // U+1000..U+CFFF
        "\xed\x80\x80",       "\xed\x9f\xbf",     // U+D000..U+D7FF
        "\xee\x80\x80",       "\xef\xbf\xbf",     // U+E000..U+FFFF
        "\xf0\x90\x80\x80",   "\xf0\xbf\xbf\xbf", // U+10000..U+3FFFF
        "\xf1\x80\x80\x80",   "\xf3\xbf\xbf\xbf", // U+40000..U+FFFFF
        "\xf4\x80\x80\x80",   "\xf4\x8f\xbf\xbf", // U+100000..U+10FFFF
    };
    for (const auto& text : valid) {
        CAPTURE(text);
        CHECK(is_utf8(text));
        CHECK(decode_text(text) == text);
        CHECK(decode_text("a" + text + "b") == "a" + text + "b");
    }
    CHECK(is_utf8(""));
    CHECK(decode_text("").empty());
}

TEST_CASE("each byte of ill-formed UTF-8 becomes U+FFFD") {
    const std::string invalid[] = {
        "\x80",
        "\xbf", // a continuation by itself
        "\xc0\x80",
        "\xc1\xbf", // overlong, two bytes
        "\xe0\x80\x80",
        "\xe0\x9f\xbf", // overlong, three bytes
        "\xed\xa0\x80",
        "\xed\xbf\xbf", // surrogates
        "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf", // overlong, four bytes
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", // above U+10FFFF
        "\xfe",
        "\xff", // never
        "\xc2",
        "\xe1\x80",
        "\xf1\x80\x80", // cut short
        "\xc2\xc0",
        "\xe1\x80\xc0",
        "\xf1\x80\x80\xc0",
    };
    for (const auto& text : invalid) {
        CAPTURE(text);
        CHECK_FALSE(is_utf8(text));
        CHECK_FALSE(is_utf8("a" + text));
        CHECK(decode_text(text) == replacements(text.size()));
        CHECK(decode_text("a" + text + "b") == "a" + replacements(text.size()) + "b");
    }
    CHECK(decode_text("\xc2\x41") == replacement + "A"); // what follows is not swallowed
    CHECK(decode_text("\xe2\x82\xe2\x82\xac") == replacements(2) + "\xe2\x82\xac");
}

TEST_CASE("CR LF becomes LF, and a CR by itself stays") {
    CHECK(decode_text("a\r\nb\r\n") == "a\nb\n");
    CHECK(decode_text("a\rb") == "a\rb");
    CHECK(decode_text("a\r") == "a\r");
    CHECK(decode_text("a\r\r\nb") == "a\r\nb");
    CHECK(decode_text("\r\n") == "\n");
    CHECK(decode_text("a\r\nb", false) == "a\r\nb");
}

TEST_CASE("control bytes are shown and do nothing") {
    using otto::escape_controls;
    CHECK(escape_controls("plain \t text") == "plain \t text");
    CHECK(escape_controls("\x1b[2J\x07") == "\\x1b[2J\\x07");
    CHECK(escape_controls(std::string("a\0b", 3)) == "a\\x00b");
    CHECK(escape_controls("a\r\nb\x7f") == "a\\x0d\\x0ab\\x7f");
    CHECK(escape_controls("\xc3\xa9 \xe2\x82\xac") == "\xc3\xa9 \xe2\x82\xac");
}

TEST_CASE("eight-bit control characters are shown, too, and so is what is no text") {
    using otto::escape_controls;
    CHECK(escape_controls("\xc2\x9b"
                          "2J") == "\\xc2\\x9b"
                                   "2J"); // U+009B, CSI
    CHECK(escape_controls("\xc2\x80\xc2\x9f\xc2\xa0") == "\\xc2\\x80\\xc2\\x9f\xc2\xa0");
    CHECK(escape_controls("\x9b"
                          "2J") == "\\x9b"
                                   "2J"); // CSI of a terminal that is not UTF-8
    CHECK(escape_controls("caf\xe9") == "caf\\xe9");
    CHECK(escape_controls("\xe2\x82") == "\\xe2\\x82");
}

TEST_CASE("the log joins chunks to lines, wherever the chunks are split") {
    const std::string stream = "one\r\ntwo\r\n\r\nthr\xc3\xa9"
                               "e\n";
    for (std::size_t split = 0; split <= stream.size(); ++split) {
        std::ostringstream out;
        otto::LogSink log(out);
        for (const auto& chunk : {stream.substr(0, split), stream.substr(split)})
            log.on_event(otto::Event(otto::EventKind::output, chunk).host("web07"));
        std::string lines;
        std::istringstream in(out.str());
        for (std::string line; std::getline(in, line);)
            lines += line.substr(line.find(" web07 ")) + '\n';
        CHECK(lines == " web07 | one\n web07 | two\n web07 | \n web07 | thr\xc3\xa9"
                       "e\n");
    }
}

TEST_CASE("every kind of event has its name") {
    const char* names[] = {
        "connecting",        "connected",      "command-started", "output",  "command-ended",
        "transfer-progress", "retry",          "would-run",       "warning", "session-discarded",
        "left-running",      "host-key-added", "closing",         "closed",  "close-failed"};
    int value = 0;
    for (const auto* name : names)
        CHECK(to_string(static_cast<otto::EventKind>(value++)) == name);
    CHECK(static_cast<int>(otto::EventKind::close_failed) == value - 1);
}
