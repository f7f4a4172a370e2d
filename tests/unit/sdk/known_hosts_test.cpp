#include <otto/error.hpp>
#include <otto/sdk/ssh/known_hosts.hpp>

#include <string>
#include <support/catch.hpp>

using namespace otto::sdk;
using Kind = HostKeyVerdict::Kind;

namespace {

// Written by ssh-keygen, as are the hashed names and the fingerprints below.
const std::string ed = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIALlZxpDc13mc9ro03rOz3kcWvM3oCeCH5pcCUZMPWfJ";
const std::string other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK+DJjov9TysGOBPlFljeu+JxrT5Fo5GvA1R4EALyw0W";
const std::string ecdsa = "ecdsa-sha2-nistp256 "
                          "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBMg3JVA/kdFZ4sOXz/"
                          "GxMwcWGmcNLMiDNy2qX2/3XoeY5e21X8D17zV0i5iSfL1riCMPo7VgjFemxgkXZzZ1vXE=";
const std::string hashed_web07 = "|1|iYdovX5rrpD7mgweTdwR0JwVexc=|Sb/LcJ9fjbhffi+c50kECbbR0eg=";
const std::string hashed_port_2222 =
    "|1|yT6ugeZX9hrWODBMytigOMU/+C4=|WgzhUbAv95PWCyUgdrQzjycqFk0="; // [10.0.0.7]:2222

HostKey key_of(const std::string& text) {
    return KnownHosts("x " + text + "\n").entries().at(0).key;
}

Kind verdict(const std::string& file, const std::string& key, const char* host = "web07",
             std::uint16_t port = 22) {
    return KnownHosts(file).check(host, port, key_of(key)).kind();
}

} // namespace

TEST_CASE("a key is matched, unknown or changed") {
    CHECK(verdict("web07 " + ed + "\n", ed) == Kind::match);
    CHECK(verdict("web07 " + ed + " a comment", ed) == Kind::match);
    CHECK(verdict("", ed) == Kind::unknown);
    CHECK(verdict("web08 " + ed + "\n", ed) == Kind::unknown);
    CHECK(verdict("web07 " + other + "\n", ed) == Kind::changed);
    CHECK(verdict("web07 " + other + "\nweb07 " + ed + "\n", ed) == Kind::match);
}

TEST_CASE("a key of another type than the known one is a changed key, as for OpenSSH") {
    CHECK(verdict("web07 " + ecdsa + "\n", ed) == Kind::changed);
}

TEST_CASE("names are matched without regard to case, as lists, patterns and negations") {
    CHECK(verdict("WEB07 " + ed, ed, "Web07") == Kind::match);
    CHECK(verdict("a,web07,10.0.0.7 " + ed, ed, "10.0.0.7") == Kind::match);
    CHECK(verdict("web* " + ed, ed) == Kind::match);
    CHECK(verdict("*b?7 " + ed, ed) == Kind::match);
    CHECK(verdict("web? " + ed, ed) == Kind::unknown);
    CHECK(verdict("web*,!web07 " + ed, ed) == Kind::unknown);
    CHECK(verdict("!web07,web* " + ed, ed) == Kind::unknown);
    CHECK(verdict("!web08 " + ed, ed) == Kind::unknown);
    CHECK(verdict("*.example.org " + ed, ed, "a.b.example.org") == Kind::match);
    CHECK(verdict("*a*a*a*a*a*a*a*b " + ed, ed, std::string(5000, 'a').c_str()) == Kind::unknown);
}

TEST_CASE("a port other than 22 has an entry of its own") {
    std::string file = "[web07]:2222 " + ed + "\nweb07 " + other + "\n";
    CHECK(verdict(file, ed, "web07", 2222) == Kind::match);
    CHECK(verdict(file, other, "web07", 2222) == Kind::changed);
    CHECK(verdict(file, other) == Kind::match);
    CHECK(verdict(file, ed, "web07", 2223) == Kind::unknown);
    CHECK(verdict("[web*]:2222 " + ed, ed, "web07", 2222) == Kind::match);
    CHECK(verdict("::1 " + ed, ed, "::1") == Kind::match);
}

TEST_CASE("hashed names are found") {
    std::string file = hashed_web07 + " " + ed + "\n" + hashed_port_2222 + " " + other + "\n";
    CHECK(KnownHosts(file).faults().empty());
    CHECK(verdict(file, ed) == Kind::match);
    CHECK(verdict(file, other) == Kind::changed);
    CHECK(verdict(file, ed, "web08") == Kind::unknown);
    CHECK(verdict(file, other, "10.0.0.7", 2222) == Kind::match);
    CHECK(verdict(file, other, "10.0.0.7") == Kind::unknown);
}

TEST_CASE("a revoked key is refused, wherever it is marked") {
    CHECK(verdict("web07 " + ed + "\n@revoked * " + ed + "\n", ed) == Kind::revoked);
    CHECK(verdict("@revoked web07 " + ed + "\nweb07 " + ed + "\n", ed) == Kind::revoked);
    CHECK(verdict("@revoked web08 " + ed + "\nweb07 " + ed + "\n", ed) == Kind::match);
    CHECK(verdict("@revoked * " + other + "\n", ed) == Kind::unknown);
}

TEST_CASE("a certificate authority proves nothing, and is said to") {
    KnownHosts hosts("@cert-authority *.lab,web07 " + other + "\n");
    HostKey key = key_of(ed);
    auto unknown = hosts.check("web07", 22, key);
    CHECK(unknown.kind() == Kind::unknown);
    CHECK(unknown.has_cert_authority());
    CHECK_THAT(unknown.describe("web07", 22, key, "kh"),
               Catch::Contains("host certificates are not supported"));
    CHECK(hosts.check("web07", 22, key_of(other)).kind() == Kind::unknown);
    CHECK_FALSE(hosts.check("web08", 22, key).has_cert_authority());
}

TEST_CASE("lines that cannot be used are skipped and named") {
    KnownHosts hosts("# comment\n"
                     "\n"
                     "web07\n"
                     "web07 ssh-ed25519\n"
                     "web07 ssh-ed25519 AAAA\n"
                     "@nonsense web07 " +
                     ed +
                     "\n"
                     "web07 1024 35 1234567\n"
                     "web07 ssh-rsa " +
                     ed.substr(12) +
                     "\n"
                     "|1|abc|def " +
                     ed +
                     "\n"
                     "\t web07\t " +
                     ed + "\r\n");
    std::vector<std::size_t> lines;
    for (const auto& fault : hosts.faults())
        lines.push_back(fault.line);
    CHECK(lines == std::vector<std::size_t>{3, 4, 5, 6, 7, 8, 9});
    REQUIRE(hosts.entries().size() == 1);
    CHECK(hosts.entries()[0].line == 10);
    CHECK(hosts.check("web07", 22, key_of(ed)).kind() == Kind::match);
}

TEST_CASE("key types come in file order, each once, without marked lines") {
    KnownHosts hosts("@revoked web07 " + other + "\nweb07 " + ecdsa + "\nweb07 " + ed + "\nweb* " + other +
                     "\n");
    CHECK(hosts.key_types("web07", 22) == std::vector<std::string>{"ecdsa-sha2-nistp256", "ssh-ed25519"});
    CHECK(hosts.key_types("db1", 22).empty());
    CHECK(hosts.lookup("web07", 22).size() == 4);
}

TEST_CASE("a changed key is described with both fingerprints and the line") {
    HostKey key = key_of(ed);
    auto text =
        KnownHosts("\nweb07 " + other + "\n").check("web07", 22, key).describe("web07", 22, key, "kh");
    CHECK(text == "the host key of web07 has changed: it presents ssh-ed25519 "
                  "SHA256:qabXrdcDS1Yp90H7enBmyY12tp85JthpACsIrOC9sWE, known is ssh-ed25519 "
                  "SHA256:WYiSFV+xwLYOHnnR+L4FyZSS2CEUbkN+fDyilgcWQO0 (kh:2)");
}

TEST_CASE("the line to append is found again") {
    HostKey key = key_of(ed);
    CHECK(known_hosts_line("Web07", 22, key) == "web07 " + ed + "\n");
    CHECK(known_hosts_line("web07", 2222, key) == "[web07]:2222 " + ed + "\n");
    CHECK(verdict(known_hosts_line("fe80::1%eth0", 2222, key), ed, "fe80::1%eth0", 2222) == Kind::match);
    for (const char* name : {"", "a b", "a,b", "*", "!a", "#a", "@a", "|1|", "a\nb"})
        CHECK_THROWS_AS(known_hosts_line(name, 22, key), otto::Error);
    CHECK_THROWS_AS(HostKey("nonsense"), otto::Error);
}
