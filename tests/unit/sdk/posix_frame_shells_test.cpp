// The frame against real shells, over pipes and on a terminal.
#include "shell_process.hpp"

#include <string>
#include <support/catch.hpp>
#include <vector>

using otto::Command;
using Channel = otto::sdk::PosixFrame::Channel;
using State = otto::sdk::PosixFrame::State;

namespace {

using Shell = std::vector<std::string>;

Shell any_shell() {
    return GENERATE(Shell{"dash"}, Shell{"bash"}, Shell{"busybox", "ash"});
}

ShellProcess::Ran must(ShellProcess::Ran ran) {
    REQUIRE(ran.ended);
    return ran;
}

} // namespace

TEST_CASE("output, error output and status come back, whatever the command looks like") {
    Shell shell = any_shell();
    CAPTURE(shell);
    ShellProcess sh(shell, Channel::pipes);
    struct Case {
        const char* text;
        const char* out;
        const char* err;
        int status;
    };
    for (const Case& c : {
             Case{"echo hello", "hello\n", "", 0},
             Case{"printf 'no newline'", "no newline", "", 0},
             Case{"echo to-err >&2; echo to-out", "to-out\n", "to-err\n", 0},
             Case{"", "", "", 0},
             Case{"# only a comment", "", "", 0},
             Case{"echo a # trailing comment", "a\n", "", 0},
             Case{"sleep 0 &", "", "", 0},
             Case{"false", "", "", 1},
             Case{"(exit 42)", "", "", 42},
             Case{"return 7", "", "", 7},
             Case{"echo 'it''s' \"a \\\"b\\\"\"", "its a \"b\"\n", "", 0},
             Case{"cat <<EOF\nline 1\nit's $((1+1))\nEOF", "line 1\nit's 2\n", "", 0},
             Case{"cat <<'EOF'\n$x\nEOF\necho after", "$x\nafter\n", "", 0},
             Case{"for i in 1 2\ndo\necho $i\ndone", "1\n2\n", "", 0},
             Case{"if true; then echo x; fi", "x\n", "", 0},
             Case{"cat", "", "", 0},
             Case{"read line; echo \"<$line>\"", "<>\n", "", 0},
             Case{"printf 'a\\036b\\036\\036c\\036'", "a\036b\036\036c\036", "", 0},
             Case{"printf '\\303\\050\\377'", "\303\050\377", "", 0},
         }) {
        CAPTURE(c.text);
        auto ran = must(sh.run(Command(c.text)));
        CHECK(ran.out == c.out);
        CHECK(ran.err == c.err);
        CHECK(ran.status == c.status);
        CHECK_FALSE(ran.replaced);
    }
}

TEST_CASE("errors of the command stay its own") {
    Shell shell = any_shell();
    CAPTURE(shell);
    ShellProcess sh(shell, Channel::pipes);
    for (const char* text :
         {"echo 'unbalanced", "echo \"unbalanced", "if true", ")", ". /nonexistent/file", "cat <<EOF\nno end",
          "case", "`", "$(", "no-such-command", "exec 5</nonexistent/file"}) {
        CAPTURE(text);
        must(sh.run(Command("keep=me")));
        auto ran = must(sh.run(Command(text)));
        if (std::string(text).find("EOF") == std::string::npos) CHECK(ran.status != 0);
        if (std::string(text).find("EOF") == std::string::npos) CHECK(ran.err != "");
        CHECK_FALSE(ran.replaced);
        CHECK(must(sh.run(Command("echo $keep"))).out == "me\n");
    }
    CHECK(must(sh.run(Command("echo ${x?is not set}"))).status != 0); // ends bash, as POSIX has it
    CHECK(must(sh.run(Command("echo on"))).out == "on\n");
}

TEST_CASE("the session keeps directory, variables, functions and aliases") {
    Shell shell = any_shell();
    CAPTURE(shell);
    ShellProcess sh(shell, Channel::pipes);
    must(sh.run(Command("cd /usr/lib; x=1; export y=2; f() { echo f$1; }; printf() { echo mine; }")));
    CHECK(must(sh.run(Command("pwd; echo $x$y; f 3; sh -c 'echo $x$y'"))).out == "/usr/lib\n12\nf3\n2\n");
    must(sh.run(Command("unset -f printf; exec 3>&1 >/dev/null")));
    CHECK(must(sh.run(Command("echo lost; echo kept >&3"))).out == "kept\n");
}

TEST_CASE("exit is reported, and the session goes on where it was") {
    Shell shell = any_shell();
    CAPTURE(shell);
    ShellProcess sh(shell, Channel::pipes);
    std::string pid = must(sh.run(Command("echo $$"))).out;
    must(sh.run(Command("cd /usr; export y=2; x=1")));
    auto ran = must(sh.run(Command("echo before; exit 3; echo never")));
    CHECK(ran.out == "before\n");
    CHECK(ran.status == 3);
    CHECK(ran.replaced);
    CHECK(must(sh.run(Command("pwd; echo \"<$x$y>\""))).out == "/usr\n<2>\n");
    CHECK(must(sh.run(Command("echo $$"))).out == pid);
    CHECK(must(sh.run(Command("(exit 4)"))).status == 4);
    CHECK(must(sh.run(Command("exec >/dev/null; exit 5"))).status == 5);
    CHECK(must(sh.run(Command("echo back"))).out == "back\n");
}

TEST_CASE("set -e, -u and -x are the command's business") {
    Shell shell = any_shell();
    CAPTURE(shell);
    ShellProcess sh(shell, Channel::pipes);
    auto ran = must(sh.run(Command("set -e; false; echo never")));
    CHECK(ran.out == "");
    CHECK(ran.status == 1);
    CHECK(ran.replaced);
    must(sh.run(Command("set -eu")));
    CHECK(must(sh.run(Command("echo fine"))).out == "fine\n");
    CHECK(must(sh.run(Command("false"))).status == 1);
    must(sh.run(Command("set -x")));
    CHECK(must(sh.run(Command("echo traced"))).out == "traced\n");
}

TEST_CASE("a command that replaces the shell ends the session") {
    Shell shell = any_shell();
    CAPTURE(shell);
    ShellProcess sh(shell, Channel::pipes);
    auto ran = sh.run(Command("exec echo replaced"));
    CHECK_FALSE(ran.ended);
    CHECK(ran.out == "replaced\n");
    CHECK(sh.frame.state() == State::gone);
}

TEST_CASE("environment and directory hold for one command") {
    Shell shell = any_shell();
    CAPTURE(shell);
    ShellProcess sh(shell, Channel::pipes);
    must(sh.run(Command("cd /usr")));
    Command command("pwd; echo \"$A|$(sh -c 'echo $A')\"");
    command.env("A", "it's $HOME").directory("/usr/lib");
    CHECK(must(sh.run(command)).out == "/usr/lib\nit's $HOME|it's $HOME\n");
    CHECK(must(sh.run(Command("pwd; echo \"<${A-unset}>\""))).out == "/usr\n<unset>\n");
    auto wrong = must(sh.run(Command("echo never").directory("/no/such/directory")));
    CHECK(wrong.out == "");
    CHECK(wrong.status != 0);
    CHECK_THAT(wrong.err, Catch::Contains("/no/such/directory"));
    CHECK(must(sh.run(Command("exit 6").directory("/usr/lib"))).status == 6);
    CHECK(must(sh.run(Command("pwd"))).out == "/usr\n");
}

TEST_CASE("standard input is exact, NUL bytes included") {
    Shell shell = any_shell();
    CAPTURE(shell);
    ShellProcess sh(shell, Channel::pipes);
    std::string all;
    for (int i = 0; i < 70'000; ++i)
        all += static_cast<char>(i * 7 + i / 256);
    for (const std::string& input : {std::string(), std::string("no newline"), std::string("a\n\n\n"),
                                     std::string("\0\\0\\c'!%s\0", 10), all}) {
        CHECK(must(sh.run(Command("cat").input(input))).out == input);
    }
    auto unread = must(sh.run(Command("exit 3").input(all)));
    CHECK(unread.status == 3);
    CHECK(unread.err == "");
    CHECK_FALSE(unread.replaced);
}

TEST_CASE("late output of a background child is not taken for the next command's") {
    Shell shell = any_shell();
    CAPTURE(shell);
    ShellProcess sh(shell, Channel::pipes);
    must(sh.run(Command("mkfifo /tmp/otto-frame-$$; { read x </tmp/otto-frame-$$; echo late; } &")));
    auto next = must(sh.run(Command("echo go >/tmp/otto-frame-$$; wait; rm /tmp/otto-frame-$$; echo end")));
    CHECK(next.out == "late\nend\n"); // it came while this one ran
}

TEST_CASE("an interrupt ends the whole compound command and keeps the session") {
    Shell shell = any_shell();
    CAPTURE(shell);
    struct Case {
        const char* text;
        bool keeps; // variables last
    };
    for (const Case& c :
         {Case{"echo start; sleep 30; echo NO", true},
          Case{"echo start; while :; do sleep 30; done; echo NO", true},
          Case{"echo start; while :; do :; done; echo NO", true},
          Case{"echo start; sleep 30 | cat; echo NO", true}, Case{"echo start; x=$(sleep 30); echo NO", true},
          Case{"echo start; sleep 30 & wait; echo NO", true},
          Case{"f() { echo start; while :; do sleep 30; done; }; f; echo NO", false}}) {
        CAPTURE(c.text);
        ShellProcess sh(shell, Channel::pipes);
        must(sh.run(Command("keep=me; cd /usr")));
        sh.start(Command(c.text).directory("/usr/lib"));
        CHECK(sh.finish("start\n").out == "start\n");
        auto ran = must(sh.interrupt_and_finish());
        CHECK(ran.out == "start\n");
        CHECK(ran.status == 130);
        CHECK(ran.replaced == !c.keeps);
        CHECK(must(sh.run(Command("echo $keep; pwd"))).out == (c.keeps ? "me\n/usr\n" : "\n/usr\n"));
    }
}

TEST_CASE("an interrupt of an idle shell changes nothing") {
    Shell shell = any_shell();
    CAPTURE(shell);
    ShellProcess sh(shell, Channel::pipes);
    must(sh.run(Command("keep=me")));
    sh.interrupt();
    CHECK(must(sh.run(Command("echo $keep"))).out == "me\n");
}

TEST_CASE("after a command that ends late the session is found again") {
    Shell shell = any_shell();
    CAPTURE(shell);
    ShellProcess sh(shell, Channel::pipes);
    CHECK(sh.resync());
    must(sh.run(Command("keep=me")));
    sh.start(Command("echo start; (trap '' INT; sleep 0.2; echo junk; exit 9); exit 8"));
    CHECK(sh.finish("start\n").out == "start\n");
    sh.interrupt();
    CHECK(sh.resync());
    for (int i = 0; i < 5; ++i)
        CHECK(must(sh.run(Command("echo clean"))).out == "clean\n");
}

TEST_CASE("large commands and large output") {
    Shell shell = any_shell();
    CAPTURE(shell);
    ShellProcess sh(shell, Channel::pipes);
    std::string text(100'000, 'x');
    auto ran = must(sh.run(Command("a='" + text + "'; echo ${#a}")));
    CHECK(ran.out == "100000\n");
    auto big = must(sh.run(Command("head -c 52428800 /dev/zero | tr '\\0' '\\036'; echo end >&2"), false));
    CHECK(big.out_bytes == 52428800);
    CHECK(big.status == 0);
}

TEST_CASE("on a terminal the same frame works with echo, prompts and line limits") {
    Shell shell = GENERATE(Shell{"dash", "-i"}, Shell{"bash", "--norc", "-i"}, Shell{"busybox", "ash", "-i"});
    CAPTURE(shell);
    ShellProcess sh(shell, Channel::terminal);
    CHECK(sh.resync());
    CHECK(must(sh.run(Command("echo hello; echo 'it''s!' >&2"))).out == "hello\r\nits!\r\n");
    CHECK(must(sh.run(Command("cd /usr; false"))).status == 1);
    CHECK(must(sh.run(Command("pwd; printf 'a\\tb'"))).out == "/usr\r\na\tb");
    CHECK(must(sh.run(Command("echo '\ttab\n\nlines\n'; cat"))).out == "\ttab\r\n\r\nlines\r\n\r\n");
    std::string text(20'000, 'x');
    CHECK(must(sh.run(Command("a='" + text + "'; echo ${#a}"))).out == "20000\r\n");
    CHECK(must(sh.run(Command("od -An -c").input(std::string("\0\n\x03!", 4)))).out ==
          "  \\0  \\n 003   !\r\n");
    CHECK(must(sh.run(Command("echo 'unbalanced"))).status != 0);
    CHECK(must(sh.run(Command("test -t 1"))).status == 0);
    auto ran = must(sh.run(Command("exit 3")));
    CHECK(ran.status == 3);
    CHECK(ran.replaced);
    CHECK(must(sh.run(Command("pwd"))).out == "/usr\r\n");
}
