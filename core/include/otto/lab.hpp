// A lab: the hosts, and what they share, read from YAML files and checked against the drivers' option tables.
// Loading reports every fault at once, with file, line and column.
#pragma once

#include <otto/option.hpp>
#include <otto/plugin_registry.hpp>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace otto {

// One host as a lab or a program describes it.
class OTTO_API HostSpec {
  public:
    explicit HostSpec(std::string driver);
    ~HostSpec();
    HostSpec(const HostSpec&);
    HostSpec& operator=(const HostSpec&);

    // Setters for make_host and tests; a lab's specs come checked. `set` takes an option of the driver, or
    // `timeout`, as the lab would write it; it is checked when the host is made.
    HostSpec& id(std::string id);
    HostSpec& set(std::string option, std::string value);
    HostSpec& set(std::string option, Secret value);
    HostSpec& plugin(std::filesystem::path file);

    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    [[nodiscard]] const std::string& driver() const noexcept { return wanted_.name; }
    [[nodiscard]] const DriverWanted& wanted() const noexcept { return wanted_; }
    [[nodiscard]] const std::optional<std::string>& address() const noexcept { return address_; }
    [[nodiscard]] const std::optional<std::string>& hop() const noexcept { return hop_; }
    [[nodiscard]] const std::vector<std::string>& groups() const noexcept { return groups_; }
    [[nodiscard]] const std::vector<std::string>& tags() const noexcept { return tags_; }
    [[nodiscard]] const std::vector<std::string>& resources() const noexcept { return resources_; }
    // The deadline of this host's verbs where a call gives none.
    [[nodiscard]] std::optional<Duration> timeout() const noexcept { return timeout_; }
    [[nodiscard]] const OptionValues& options() const noexcept { return options_; }
    // Where the host is written.
    [[nodiscard]] const SourceMark& mark() const noexcept { return mark_; }

  private:
    friend class LabBuilder; // core's loader and option checker
    std::string id_;
    DriverWanted wanted_;
    std::optional<std::string> address_;
    std::optional<std::string> hop_;
    std::vector<std::string> groups_;
    std::vector<std::string> tags_;
    std::vector<std::string> resources_;
    std::optional<Duration> timeout_;
    std::string isolation_;
    OptionValues options_;
    std::map<std::string, std::variant<std::string, Secret>> unchecked_; // from set(), until checked
    SourceMark mark_;
};

struct ReservationSettings {
    std::string backend;                         // "json"
    std::map<std::string, std::string> settings; // the other keys; paths absolute
    SourceMark mark;
};

// Immutable; copies share.
class OTTO_API Lab {
  public:
    Lab(); // no hosts
    ~Lab();
    Lab(const Lab&);
    Lab& operator=(const Lab&);

    [[nodiscard]] const std::string& name() const noexcept; // "rack3+bench"
    [[nodiscard]] const std::vector<std::filesystem::path>& files() const noexcept;
    [[nodiscard]] const std::vector<HostSpec>& hosts() const noexcept; // in lab order
    [[nodiscard]] const HostSpec* find(std::string_view id) const noexcept;
    [[nodiscard]] const std::vector<std::string>& resources() const noexcept; // the labs' own
    [[nodiscard]] const std::optional<ReservationSettings>& reservations() const noexcept;
    // Things that are no faults: a literal password, ... ("labs/x.yaml:3:14: warning: ...").
    [[nodiscard]] const std::vector<std::string>& warnings() const noexcept;
    // The registry that the drivers came from. Never null after load_lab.
    [[nodiscard]] const std::shared_ptr<PluginRegistry>& plugins() const noexcept;

    // Ids that a pattern selects, in lab order. Comma-separated terms: an id, a glob, a range (web[01-20]),
    // @group,
    // @tag; !term takes away; full match. Throws Error(usage) for a term that selects nothing, with a
    // did-you-mean.
    [[nodiscard]] std::vector<std::string> select(std::string_view pattern) const;

  private:
    friend class LabBuilder;
    struct Data;
    explicit Lab(std::shared_ptr<const Data> data);
    std::shared_ptr<const Data> data_;
};

class OTTO_API LoadOptions {
  public:
    LoadOptions();
    ~LoadOptions();
    LoadOptions(const LoadOptions&);
    LoadOptions& operator=(const LoadOptions&);

    LoadOptions& search_path(std::filesystem::path dir); // before the defaults, in the order given
    LoadOptions& plugin_dir(std::filesystem::path dir);
    LoadOptions& default_plugin_dirs(bool on);
    LoadOptions& plugins(std::shared_ptr<PluginRegistry> registry); // instead of making one

    [[nodiscard]] const std::vector<std::filesystem::path>& search_paths() const noexcept {
        return search_paths_;
    }
    [[nodiscard]] const PluginSearch& plugin_search() const noexcept { return plugin_search_; }
    [[nodiscard]] const std::shared_ptr<PluginRegistry>& registry() const noexcept { return registry_; }

  private:
    std::vector<std::filesystem::path> search_paths_;
    PluginSearch plugin_search_;
    std::shared_ptr<PluginRegistry> registry_;
};

// One fault of a lab file.
struct LabFault {
    SourceMark mark;
    std::string message; // "host 'edge1': unknown option 'prot' for driver 'unix' (did you mean 'port'?)"
};

// Every fault of the files, in file order. what() has a line for each: "labs/x.yaml:12:7: error: ...".
class OTTO_API LabError : public Error {
  public:
    explicit LabError(std::vector<LabFault> faults);
    ~LabError() override;
    [[nodiscard]] const std::vector<LabFault>& faults() const noexcept { return *faults_; }

  private:
    std::shared_ptr<const std::vector<LabFault>> faults_;
};

// Loads and merges labs. A name is looked up as NAME.yaml in the search paths, then OTTO_LAB_PATH, ./labs,
// the user's and the system's configuration directory; "a+b" is two names; what holds '/' or ends in .yaml is
// a path. Throws LabError. Blocking file I/O; any thread.
OTTO_API Lab load_lab(const std::vector<std::string>& names, const LoadOptions& options = LoadOptions());
OTTO_API Lab load_lab(const std::string& name, const LoadOptions& options = LoadOptions());

// A lab from a text, for tests and generated labs; `file` is what messages call it.
OTTO_API Lab parse_lab(std::string_view text, const std::string& file,
                       const LoadOptions& options = LoadOptions());

// A JSON Schema (draft 7) of lab files that covers the options of every driver the registry can open.
OTTO_API std::string lab_schema(PluginRegistry& plugins);

// Makes an unchecked spec (HostSpec::set) a checked one, as a lab entry would be. Throws LabError.
OTTO_API HostSpec check_spec(const HostSpec& spec, PluginRegistry& plugins);

// Per-call changes for Context::get_host: any option of the driver, and `timeout`. Not driver, address, hop,
// resources.
class OTTO_API Overrides {
  public:
    Overrides();
    ~Overrides();
    Overrides(const Overrides&);
    Overrides& operator=(const Overrides&);
    Overrides& set(std::string option, std::string value);
    Overrides& set(std::string option, Secret value);
    [[nodiscard]] bool empty() const noexcept { return values_.empty(); }
    [[nodiscard]] const std::map<std::string, std::variant<std::string, Secret>>& values() const noexcept {
        return values_;
    }

  private:
    std::map<std::string, std::variant<std::string, Secret>> values_;
};

// The spec with the overrides applied and checked. With `skip_unknown` an option that the driver lacks is
// left out (as `defaults` do); otherwise it is Error(usage) with a did-you-mean.
OTTO_API HostSpec apply_overrides(const HostSpec& spec, const Overrides& overrides, PluginRegistry& plugins,
                                  bool skip_unknown = false);

} // namespace otto
