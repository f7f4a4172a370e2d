#include "fake_drivers.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <support/catch.hpp>

using namespace otto;
using namespace otto::test;
using Texts = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

// A directory of labs that is searched first.
class Labs {
  public:
    Labs() {
        char name[] = "/tmp/otto-labs-XXXXXX";
        dir_ = ::mkdtemp(name);
    }
    Labs(const Labs&) = delete;
    Labs& operator=(const Labs&) = delete;
    ~Labs() { fs::remove_all(dir_); }
    [[nodiscard]] std::string path(const std::string& name) const {
        return (dir_ / (name + ".yaml")).string();
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(path(name)) << "otto: 1\n" << text;
    }
    [[nodiscard]] Lab load(const Texts& names) const {
        return load_lab(names, with_fakes().search_path(dir_));
    }
    [[nodiscard]] std::string fault(const Texts& names) const {
        try {
            (void)load(names);
        } catch (const Error& error) {
            return error.message();
        }
        return "no fault";
    }
    [[nodiscard]] const fs::path& dir() const { return dir_; }

  private:
    fs::path dir_;
};

} // namespace

TEST_CASE("labs are found by name, merged with a plus, and each is read once") {
    const Labs labs;
    labs.write("a", "resources: [r]\nhosts: {a1: {driver: unix, hop: b1}}\n");
    labs.write("b", "resources: [s, r]\nhosts: {b1: {driver: unix}}\n");
    const Lab lab = labs.load({"a+b"});
    CHECK(lab.name() == "a+b");
    CHECK(ids_of(lab) == Texts{"a1", "b1"});
    CHECK(lab.resources() == Texts{"r", "s"});
    CHECK(lab.files() == std::vector<fs::path>{labs.path("a"), labs.path("b")});
    CHECK(ids_of(labs.load({"b", "a", labs.path("b")})) == Texts{"b1", "a1"});
    CHECK(labs.fault({"a"}) ==
          labs.path("a") + ":3:33: error: host 'a1': unknown hop 'b1' (did you mean 'a1'?)");
}

TEST_CASE("a lab that is not there is told with where it was looked for") {
    const Labs labs;
    labs.write("rack3", "");
    CHECK_THAT(labs.fault({"rak3"}),
               Catch::StartsWith("error: lab 'rak3' not found in " + labs.dir().string() + ", "));
    CHECK_THAT(labs.fault({"rak3"}), Catch::EndsWith("/etc/otto/labs (did you mean 'rack3'?)"));
    CHECK(labs.fault({"./no.yaml"}) == "no.yaml: error: cannot read the lab file: No such file or directory");
    CHECK(labs.fault({labs.dir().string() + "/"}) == labs.dir().string() + "/: error: not a regular file");
    CHECK(labs.fault({}) == "no lab is named");
    CHECK_THAT(labs.fault({"a++b"}), Catch::StartsWith("a lab's name is empty"));
}

TEST_CASE("OTTO_LAB_PATH is searched behind the given directories") {
    const Labs given;
    const Labs environment;
    given.write("x", "hosts: {given: {driver: local}}\n");
    environment.write("x", "hosts: {wrong: {driver: local}}\n");
    environment.write("y", "hosts: {other: {driver: local}}\n");
    ::setenv("OTTO_LAB_PATH", ("/no/such:" + environment.dir().string()).c_str(), 1);
    CHECK(ids_of(given.load({"x+y"})) == Texts{"given", "other"});
    ::unsetenv("OTTO_LAB_PATH");
}

TEST_CASE("a host in two labs is one if it means the same") {
    const Labs labs;
    labs.write("a", "hosts: {h: {driver: unix, user: u, tags: [x], password: !env P}}\n");
    labs.write("b", "defaults: {user: u}\nhosts: {h: {driver: unix, tags: [y], password: !env P}}\n");
    labs.write("c", "hosts: {h: {driver: unix, user: v, password: !env P}}\n");
    labs.write("d", "hosts: {h: {driver: unix, user: u, password: !env Q}}\n");
    const Lab lab = labs.load({"a", "b"});
    CHECK(lab.hosts().size() == 1);
    CHECK(lab.find("h")->tags() == Texts{"x", "y"});
    CHECK(labs.fault({"a", "c"}) == labs.path("c") + ":2:9: error: host 'h' is another one in " +
                                        labs.path("a") +
                                        ":2:9: 'user' differs (give one of the two another id)");
    CHECK_THAT(labs.fault({"a", "d"}), Catch::Contains("'password' differs"));
}

TEST_CASE("faults of all files are told together") {
    const Labs labs;
    labs.write("a", "hosts: {a: {driver: unx}}\n");
    labs.write("b", "hosts: {b: {driver: unix, prot: 1}}\n");
    const std::string fault = labs.fault({"a+b"});
    CHECK_THAT(fault, Catch::Contains("a.yaml:2:21: error: host 'a': unknown driver 'unx'"));
    CHECK_THAT(fault,
               Catch::Contains("\n" + labs.path("b") + ":2:27: error: host 'b': unknown option 'prot'"));
}

TEST_CASE("a program is run for a secret only if nobody else can write the lab file") {
    const Labs labs;
    labs.write("a", "hosts: {h: {driver: unix, password: !command [echo, hunter2]}}\n");
    const auto password = [&] { return labs.load({"a"}).find("h")->options().secret("password"); };
    ::chmod(labs.path("a").c_str(), 0644);
    CHECK(password().resolve_blocking() == "hunter2");
    ::chmod(labs.path("a").c_str(), 0646);
    CHECK_THROWS_WITH(password().resolve_blocking(), Catch::Contains("not run, because others could change"));
    ::chmod(labs.path("a").c_str(), 0644);
    ::chmod(labs.dir().c_str(), 0777);
    CHECK_THROWS_WITH(password().resolve_blocking(), Catch::Contains("not run, because others could change"));
}

TEST_CASE("relative paths of a lab start at its file") {
    const Labs labs;
    labs.write("a", "hosts: {h: {driver: unix, identity_file: keys/id}}\n");
    CHECK(labs.load({"a"}).find("h")->options().text("identity_file") == (labs.dir() / "keys/id").string());
}

TEST_CASE("the example labs are good") {
    for (const auto& entry : fs::directory_iterator(OTTO_SOURCE_DIR "/labs"))
        if (entry.path().extension() == ".yaml") {
            CAPTURE(entry.path().string());
            const Lab lab = load_lab(entry.path().string(), with_fakes());
            CHECK(lab.hosts().size() >= 3);
            CHECK(lab.warnings().empty());
        }
}
