#include "fake_drivers.hpp"

#include <chrono>
#include <filesystem>
#include <support/catch.hpp>

using namespace otto;
using namespace otto::test;
using namespace std::chrono_literals;
using Ids = std::vector<std::string>;

namespace {

const HostSpec& host(const Lab& lab, const std::string& id) {
    const HostSpec* found = lab.find(id);
    REQUIRE(found);
    return *found;
}

} // namespace

TEST_CASE("a lab is its hosts in the order of the file") {
    const Lab lab = lab_of("hosts:\n"
                           "  web[01-03]: {driver: unix, address: '10.0.0.{1:d}', user: 'u{1}'}\n"
                           "  edge1: {driver: local}\n");
    CHECK(ids_of(lab) == Ids{"web01", "web02", "web03", "edge1"});
    CHECK(lab.name() == "x");
    CHECK(host(lab, "web02").address() == "10.0.0.2");
    CHECK(host(lab, "web02").options().text("user") == "u02");
    CHECK(host(lab, "web02").driver() == "unix");
    CHECK(to_string(host(lab, "web02").mark()) == "x.yaml:3:3");
    CHECK(lab.find("web04") == nullptr);
    CHECK(lab.plugins() != nullptr);
}

TEST_CASE("ids are text whatever YAML thinks of them") {
    CHECK(
        ids_of(lab_of("defaults: {driver: local}\nhosts: {01: , on: , 1e3: , 0x1f: , 'null': , true: }\n")) ==
        Ids{"01", "on", "1e3", "0x1f", "null", "true"});
}

TEST_CASE("a host's own key comes before its groups, the last group before the first, and all before the "
          "defaults") {
    const Lab lab =
        lab_of("defaults: {driver: unix, port: 1, user: default, shell: /bin/default, keepalive: 2s}\n"
               "groups:\n"
               "  a: {port: 2, user: a, shell: /bin/a}\n"
               "  b: {port: 3, user: b}\n"
               "hosts:\n"
               "  h: {group: [a, b], port: 4}\n"
               "  g: {group: a}\n"
               "  d:\n");
    CHECK(host(lab, "h").options().integer("port") == 4);
    CHECK(host(lab, "h").options().text("user") == "b");
    CHECK(host(lab, "h").options().text("shell") == "/bin/a");
    CHECK(host(lab, "h").options().duration("keepalive") == 2s);
    CHECK(host(lab, "h").groups() == Ids{"a", "b"});
    CHECK(host(lab, "g").options().text("user") == "a");
    CHECK(host(lab, "d").options().text("user") == "default");
    CHECK(host(lab, "d").options().text("host_key_policy") == "accept-new");
    CHECK(host(lab, "d").options().mark("host_key_policy").line == 0);
    CHECK(to_string(host(lab, "g").options().mark("port")) == "x.yaml:4:13");
}

TEST_CASE("tags and resources of a host unite with those of its groups and the defaults") {
    const Lab lab = lab_of("resources: [rack3]\n"
                           "defaults: {driver: local, tags: lab, resources: power}\n"
                           "groups: {g: {tags: [web, lab], resources: [switch]}}\n"
                           "hosts: {h: {group: g, tags: own, timeout: 90s}}\n");
    CHECK(host(lab, "h").tags() == Ids{"own", "web", "lab"});
    CHECK(host(lab, "h").resources() == Ids{"switch", "power"});
    CHECK(host(lab, "h").timeout() == 90s);
    CHECK(lab.resources() == Ids{"rack3"});
}

TEST_CASE("a default that a host's driver lacks is skipped for it") {
    const Lab lab = lab_of("defaults: {user: lab, address: 10.0.0.1}\n"
                           "hosts: {u: {driver: unix}, l: {driver: local}}\n");
    CHECK(host(lab, "u").options().text("user") == "lab");
    CHECK_FALSE(host(lab, "l").options().has("user"));
    CHECK_FALSE(host(lab, "l").address());
}

TEST_CASE("values of every kind come out as the table says") {
    const Lab lab = lab_of("hosts:\n"
                           "  h:\n"
                           "    driver: unix\n"
                           "    agent: false\n"
                           "    identity_file: keys/id\n"
                           "    window: 64KiB\n"
                           "    pace: 0.5\n"
                           "    ciphers: [aes, '3des']\n"
                           "    environment: {A: 1, B: two}\n"
                           "    user: 007\n"
                           "    password: !env PW\n"
                           "    passphrase: !command [pass, show, a b]\n"
                           "  i: {driver: unix, ciphers: one, password: !file pw, passphrase: !ask }\n");
    const OptionValues& options = host(lab, "h").options();
    CHECK_FALSE(options.boolean("agent"));
    CHECK(options.text("identity_file") == (std::filesystem::current_path() / "keys/id").string());
    CHECK(options.size("window") == 65536);
    CHECK(options.number("pace") == 0.5);
    CHECK(options.list("ciphers") == Ids{"aes", "3des"});
    CHECK(options.map("environment") == std::map<std::string, std::string>{{"A", "1"}, {"B", "two"}});
    CHECK(options.text("user") == "007");
    CHECK(options.secret("password").describe() == "!env PW");
    CHECK(options.secret("passphrase").describe() == "!command [pass, show, a b]");
    CHECK(host(lab, "i").options().list("ciphers") == Ids{"one"});
    CHECK(host(lab, "i").options().secret("password").describe() ==
          "!file " + (std::filesystem::current_path() / "pw").string());
    CHECK(host(lab, "i").options().secret("passphrase").describe() == "!ask passphrase");
    CHECK(lab.warnings().empty());
}

TEST_CASE("a literal password is a warning, once, and never shown") {
    const Lab lab = lab_of("defaults: {driver: unix, password: hunter2}\nhosts: {'a[1-3]': }\n");
    REQUIRE(lab.warnings().size() == 1);
    CHECK(lab.warnings().front() ==
          "x.yaml:2:36: warning: defaults: 'password' is written in the file: keep it out "
          "with !env, !file, !command or !ask");
}

TEST_CASE("each mistake is told with its place, its host and what to do") {
    const auto [text, expected] = GENERATE(table<std::string, std::string>({
        {"hosts: {edge1: {driver: unix, prot: 22}}\n",
         "x.yaml:2:31: error: host 'edge1': unknown option 'prot' for driver 'unix' (did you mean 'port'?)"},
        {"hosts: {edge1: {driver: unix, adress: 1.2.3.4}}\n",
         "x.yaml:2:31: error: host 'edge1': unknown option 'adress' for driver 'unix' (did you mean "
         "'address'?)"},
        {"hosts: {a: {driver: unx}}\n",
         "x.yaml:2:21: error: host 'a': unknown driver 'unx' (did you mean 'unix'?)"},
        {"hosts: {a: {driver: zebra}}\n",
         "x.yaml:2:21: error: host 'a': unknown driver 'zebra': no plugin brings it "
         "('otto plugins' lists them)"},
        {"hosts: {a: {port: 1}}\n",
         "x.yaml:2:9: error: host 'a': 'driver' is missing, such as 'driver: unix'"},
        {"hosts: {a: {driver: }}\n", "x.yaml:2:13: error: host 'a': 'driver': there is no value"},
        {"hosts: {a: {driver: {plugin: x.so, name: ios}}}\n",
         "x.yaml:2:21: error: host 'a': write 'driver: {plugin: /path/to/otto-NAME.so, name: DRIVER}', with "
         "the "
         "plugin's absolute path"},
        {"hosts: {a: {driver: {plugin: /x.so, nam: ios}}}\n",
         "x.yaml:2:21: error: host 'a': write 'driver: {plugin: /path/to/otto-NAME.so, name: DRIVER}', with "
         "the "
         "plugin's absolute path\n"
         "x.yaml:2:37: error: host 'a': unknown key 'nam' of 'driver' (did you mean 'name'?)"},
        {"hosts: {a: {driver: unix, port: 0}}\n",
         "x.yaml:2:33: error: host 'a': option 'port': expected a number from 1 to 65535, not '0'"},
        {"hosts: {a: {driver: unix, port: }}\n",
         "x.yaml:2:27: error: host 'a': option 'port': there is no value"},
        {"hosts: {a: {driver: unix, port: [1]}}\n",
         "x.yaml:2:33: error: host 'a': option 'port': expected a number from 1 to 65535, not a list"},
        {"hosts: {a: {driver: unix, user: {a: b}}}\n",
         "x.yaml:2:33: error: host 'a': option 'user': expected a text, not a mapping"},
        {"hosts: {a: {driver: unix, environment: A}}\n",
         "x.yaml:2:40: error: host 'a': option 'environment': expected a mapping of texts, not 'A'"},
        {"hosts: {a: {driver: unix, host_key_policy: never}}\n",
         "x.yaml:2:44: error: host 'a': option 'host_key_policy': expected strict, accept-new or off, not "
         "'never'"},
        {"hosts: {a: {driver: unix, user: !env U}}\n", "x.yaml:2:33: error: host 'a': option 'user': '!env' "
                                                       "stands for a secret, which this key does not take"},
        {"hosts: {a: {driver: unix, password: !evn U}}\n",
         "x.yaml:2:37: error: host 'a': option 'password': unknown tag '!evn' (did you mean '!env'?): there "
         "are !env, "
         "!file, !command and !ask"},
        {"hosts: {a: {driver: unix, password: !env 'a b'}}\n",
         "x.yaml:2:37: error: host 'a': option 'password': expected the name of an environment variable "
         "after !env, "
         "not 'a b'"},
        {"hosts: {a: {driver: unix, password: !command pass}}\n",
         "x.yaml:2:37: error: host 'a': option 'password': write the program and its arguments as a list: "
         "!command "
         "[pass, show, lab]"},
        {"hosts: {con1: {driver: serial-console}}\n",
         "x.yaml:2:9: error: host 'con1': driver 'serial-console' needs option 'device' (the serial line)"},
        {"hosts: {a: {driver: local, address: 1.2.3.4}}\n",
         "x.yaml:2:28: error: host 'a': driver 'local' takes no 'address'"},
        {"hosts: {a: {driver: local, hop: b}, b: {driver: unix}}\n",
         "x.yaml:2:28: error: host 'a': driver 'local' takes no 'hop'"},
        {"hosts: {a: {driver: local, timeout: -1s}}\n",
         "x.yaml:2:37: error: host 'a': option 'timeout': expected a time span of at least 1ms, not '-1s'"},
        {"hosts: {a: {driver: local, isolation: process}}\n",
         "x.yaml:2:39: error: host 'a': option 'isolation': expected none, not 'process'"},
        {"hosts: {a: {driver: local, tags: {x: y}}}\n",
         "x.yaml:2:34: error: host 'a': 'tags': expected a text, or a list of texts"},
        {"hosts: {a: {driver: local, group: routrs}}\ngroups: {routers: {}}\n",
         "x.yaml:2:35: error: host 'a': unknown group 'routrs' (did you mean 'routers'?)"},
        {"hosts: {a: {driver: unix, hop: b}}\n", "x.yaml:2:32: error: host 'a': unknown hop 'b'"},
        {"hosts: {web1: {driver: unix, hop: wbe2}, web2: {driver: unix}}\n",
         "x.yaml:2:35: error: host 'web1': unknown hop 'wbe2' (did you mean 'web2'?)"},
        {"hosts: {a: {driver: unix, hop: a}}\n",
         "x.yaml:2:32: error: host 'a' is reached through itself: a -> a"},
        {"hosts: {z: {driver: unix, hop: a}, a: {driver: unix, hop: b}, b: {driver: unix, hop: a}}\n",
         "x.yaml:2:59: error: host 'a' is reached through itself: a -> b -> a"},
        {"hosts: {a: {driver: local}, a: {driver: local}}\n",
         "x.yaml:2:29: error: key 'a' is already written in line 2: make one of the two"},
        {"hosts: {'w[1-3]': {driver: local}, w2: {driver: local}}\n",
         "x.yaml:2:36: error: host 'w2' is already made in line 2: take it out of one of the two"},
        {"hosts: {'a b': {driver: local}}\n",
         "x.yaml:2:9: error: a host id is made of letters, digits and . _ -, not of 'a b'"},
        {"hosts: {..: {driver: local}}\n",
         "x.yaml:2:9: error: a host id is made of letters, digits and . _ -, not of '..'"},
        {"hosts: {'a[3-1]': {driver: local}}\n", "x.yaml:2:9: error: range [3-1] runs backwards"},
        {"hosts: {'a[1-100001]': {driver: local}}\n",
         "x.yaml:2:9: error: more than 100,000 hosts in one range"},
        {"hosts: {'a[1-60000]': {driver: local}, 'b[1-60000]': {driver: local}}\n",
         "x.yaml:2:40: error: more than 100,000 hosts in one file"},
        {"hosts: {'a[1-2]': {driver: unix, address: '10.0.{2}.1'}}\n",
         "x.yaml:2:43: error: host 'a1': 'address': there is no range number 2 in the host's id for '{2}'; "
         "text that is "
         "no placeholder belongs into a group"},
        {"hosts: [a, b]\n", "x.yaml:2:1: error: hosts must be a mapping of keys to values"},
        {"hosts: {a: local}\n", "x.yaml:2:9: error: host 'a' must be a mapping of keys to values"},
        {"defaults: {driver: local, usr: x}\nhosts: {a: }\n",
         "x.yaml:2:27: error: defaults: no driver in this file has an option 'usr'"},
        {"defaults: {driver: unix, prot: x}\nhosts: {a: }\n",
         "x.yaml:2:26: error: defaults: no driver in this file has an option 'prot' (did you mean 'port'?)"},
        {"defaults: {driver: unix, port: x}\nhosts: {'a[1-3]': , b: }\n",
         "x.yaml:2:32: error: defaults: option 'port': expected a number from 1 to 65535, not 'x'"},
        {"groups: {g: {group: h}}\n",
         "x.yaml:2:14: error: group 'g': groups do not nest: name both groups at the host, 'group: [a, b]'"},
        {"host: {a: {driver: local}}\n", "x.yaml:2:1: error: unknown key 'host' (did you mean 'hosts'?): a "
                                         "lab has otto, defaults, groups, resources, "
                                         "hosts and reservations"},
        {"resources: {a: b}\n", "x.yaml:2:12: error: resources: expected a text, or a list of texts"},
        {"reservations: {file: x}\n",
         "x.yaml:2:1: error: reservations: 'backend' is missing, such as 'backend: json'"},
        {"reservations: {backend: json}\n", "x.yaml:2:1: error: reservations: backend 'json' needs 'file'"},
        {"reservations: {backend: x, file: [a]}\n",
         "x.yaml:2:34: error: reservations: 'file' must be a text"},
    }));
    CHECK(faults_of(text) == expected);
}

TEST_CASE("every fault of a file is told at once, in the order of its lines") {
    CHECK(faults_of("hosts:\n"
                    "  c: {driver: unix, port: 0, prot: 1}\n"
                    "  b: {driver: unx}\n"
                    "  a[1-9]: {driver: unix, hop: z, user: [x]}\n"
                    "defaults: {bogus: 1}\n") ==
          "x.yaml:3:27: error: host 'c': option 'port': expected a number from 1 to 65535, not '0'\n"
          "x.yaml:3:30: error: host 'c': unknown option 'prot' for driver 'unix' (did you mean 'port'?)\n"
          "x.yaml:4:15: error: host 'b': unknown driver 'unx' (did you mean 'unix'?)\n"
          "x.yaml:5:31: error: host 'a1': unknown hop 'z'\n"
          "x.yaml:5:40: error: host 'a1': option 'user': expected a text, not a list");
}

TEST_CASE("the format's line is required") {
    const auto fault = [](const std::string& text) {
        try {
            (void)parse_lab(text, "x.yaml", with_fakes());
        } catch (const LabError& error) {
            return error.message();
        }
        return std::string("no fault");
    };
    CHECK(fault("") == "x.yaml:1:1: error: the file is empty: a lab begins with 'otto: 1'");
    CHECK(fault("hosts: {}\n") == "x.yaml:1:1: error: 'otto: 1' is missing: it names the format of the file");
    CHECK(fault("otto: 2\n") == "x.yaml:1:7: error: expected 'otto: 1': this otto reads format 1 only");
    CHECK(fault("otto: one\n") == "x.yaml:1:7: error: expected 'otto: 1': this otto reads format 1 only");
    CHECK(fault("- a\n") == "x.yaml:1:1: error: a lab must be a mapping of keys to values");
    CHECK(fault("otto: 1\n---\notto: 1\n") ==
          "x.yaml:2:1: error: a lab file holds one document: put the second into a file of its own");
    CHECK(fault("otto: 1\n") == "no fault");
}

TEST_CASE("a plugin that is found but refused costs only its hosts, when they are made") {
    const Lab lab =
        lab_of("hosts: {a: {driver: {plugin: /no/such/otto-x.so, name: ios}, anything: 1}, b: {driver: "
               "local}}\n");
    CHECK(ids_of(lab) == Ids{"a", "b"});
    try {
        (void)check_spec(host(lab, "a"), *lab.plugins());
        FAIL("no error");
    } catch (const Error& error) {
        CHECK(error.code() == Errc::plugin);
    }
}

TEST_CASE("five thousand hosts are checked in under a second") {
    std::string text = "otto: 1\ndefaults: {driver: unix, user: lab, identity_file: ~/.ssh/id}\nhosts:\n";
    for (int i = 0; i < 5000; ++i)
        text += "  host" + std::to_string(i) +
                ": {address: 10.0.0.1, port: 22, tags: [a, b], password: !env PW, hop: host" +
                std::to_string(i + 1) + "}\n";
    text += "  host5000: {}\n";
    const auto begin = std::chrono::steady_clock::now();
    const Lab lab = parse_lab(text, "big.yaml", with_fakes());
    const auto took = std::chrono::steady_clock::now() - begin;
    CHECK(lab.hosts().size() == 5001);
    // Wide, for sanitizers and busy machines; `lab check` itself is measured by the benchmarks.
    CHECK(took < 10s);
    WARN("5001 hosts in " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count() << " ms");
}
