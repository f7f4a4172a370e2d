#include <chrono>
#include <lab/yaml_tree.hpp>
#include <support/catch.hpp>

using namespace otto;
using namespace std::chrono_literals;

namespace {

// The one fault of the text, with its place.
std::string fault(const std::string& text) {
    const YamlDocument document = read_yaml(text);
    if (document.faults.empty()) return "no fault";
    const YamlFault& first = document.faults.front();
    return std::to_string(first.mark.line) + ":" + std::to_string(first.mark.column) + ": " + first.message;
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i)
        all += text;
    return all;
}

} // namespace

TEST_CASE("every node keeps its place, and an empty value that of its key") {
    const YamlDocument document = read_yaml("a: 1\nb:\n  - x\n  - {c: !env V}\nd:\n");
    REQUIRE(document.root);
    REQUIRE(document.faults.empty());
    const YamlNode& root = *document.root;
    CHECK(root.entries.size() == 3);
    CHECK(root.find("a")->value->mark.column == 4);
    const YamlNode& list = *root.find("b")->value;
    CHECK(list.items[0]->mark.line == 3);
    const YamlEntry& c = list.items[1]->entries.front();
    CHECK(c.mark.column == 6);
    CHECK(c.value->tag == "!env");
    CHECK(c.value->text == "V");
    CHECK(root.find("d")->value->kind == YamlNode::Kind::null);
    CHECK(root.find("d")->value->mark.line == 5);
    CHECK(root.find("d")->value->mark.column == 1);
    CHECK(root.find("e") == nullptr);
}

TEST_CASE("an alias is a copy at its own place") {
    const YamlDocument document = read_yaml("a: &x {k: v}\nb: *x\n");
    REQUIRE(document.faults.empty());
    const YamlNode& b = *document.root->find("b")->value;
    CHECK(b.mark.line == 2);
    CHECK(b.find("k")->value->text == "v");
}

TEST_CASE("duplicate and merge keys are refused with the way to write it") {
    CHECK(fault("a: 1\nb: 2\na: 3\n") == "3:1: key 'a' is already written in line 1: make one of the two");
    CHECK(fault("b: &b {k: v}\na:\n  <<: *b\n") ==
          "3:3: merge keys are not supported: put what is shared into a group, and name it with 'group:'");
    CHECK(fault("'<<': x\n") == "no fault");
    CHECK(fault("? [a]\n: b\n") == "1:3: a key must be a text");
    CHECK(fault("~: b\n") == "1:1: a key is missing: quote it if it is '~' or 'null'");
}

TEST_CASE("what is too deep, too large or explodes is refused, and quickly") {
    const auto begin = std::chrono::steady_clock::now();
    for (const char* opening : {"[", "{a: ", "- ", "? "})
        CHECK_THAT(fault(repeated(opening, 100000)),
                   Catch::EndsWith(": nested more than 64 levels deep: a lab needs five"));
    CHECK(fault(repeated("[", 64) + repeated("]", 64)) == "no fault");
    CHECK(fault(std::string(YamlLimits::bytes + 1, ' ')) ==
          "0:0: larger than 8 MiB: split the lab into several files");

    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 10; ++i) {
        const std::string ref = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + ref + repeated(", " + ref, 9) +
                "]\n";
    }
    CHECK(fault(bomb) ==
          "5:45: more than 100,000 values are reached through aliases: write them out, or put them into a "
          "group");
    std::string tower = "a0: &a0 [x]\n";
    for (int i = 1; i < 70; ++i)
        tower +=
            "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
    CHECK_THAT(fault(tower), Catch::EndsWith("nested more than 64 levels deep: a lab needs five"));
    CHECK_THAT(fault("[" + repeated("a,", 1100000) + "]"), Catch::Contains("more than 1,000,000 values"));
    CHECK(std::chrono::steady_clock::now() - begin < 20s);
}

TEST_CASE("an alias inside its own anchor, or without one, is refused") {
    CHECK(fault("a: &a [*a]\n") == "1:8: an alias inside its own anchor never ends: write the value out");
    CHECK_THAT(fault("a: *b\n"), Catch::StartsWith("1:4: YAML: "));
}

TEST_CASE("text that is no text is refused with its place") {
    CHECK(fault(std::string("a: b\nc: \0d\n", 11)) == "2:4: a control character: a lab is a text file");
    CHECK(fault("a: b\nc: \xff\n") == "2:1: not UTF-8: save the file as UTF-8");
    CHECK(fault("a: \xc3\xa4\n") == "no fault");
}

TEST_CASE("a bracket without an end is told where it begins") {
    CHECK_THAT(fault("a: 1\nb: {c: [1, 2\n"), Catch::StartsWith("2:8: this bracket is not closed"));
    CHECK_THAT(fault("a: 1\nb: {c: [1, 2]\n"), Catch::StartsWith("2:4: this bracket is not closed"));
}

TEST_CASE("faults of the syntax are told a hundred at most") {
    const YamlDocument document = read_yaml(repeated("a: 1\n", 100000));
    CHECK(document.faults.size() == 101);
    CHECK(document.faults.back().message == "and more faults: mend those above first");
}
