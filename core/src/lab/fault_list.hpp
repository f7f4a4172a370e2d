// Collects the faults and warnings of a load, each once: a wrong default is one fault, not one for each host.
#pragma once

#include <otto/lab.hpp>

#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace otto {

class FaultList {
  public:
    void add(const SourceMark& mark, std::string message);
    void warn(const SourceMark& mark, std::string message);

    // Faults so far, repeated ones included: "did this host have any?"
    [[nodiscard]] std::size_t reported() const noexcept { return reported_; }
    [[nodiscard]] bool empty() const noexcept { return faults_.empty(); }
    [[nodiscard]] std::vector<std::string> warnings() const;

    // Throws LabError with all of them, each file's in the order of its lines, if there is any.
    void throw_if_any();

  private:
    using Key = std::tuple<std::string, int, int, std::string>;
    bool fresh(const SourceMark& mark, const std::string& message);

    std::vector<LabFault> faults_;
    std::vector<LabFault> warnings_;
    std::set<Key> seen_;
    std::vector<std::string> files_; // in the order of their first fault
    std::size_t reported_ = 0;
};

// " (did you mean 'port'?)", or nothing.
std::string did_you_mean(std::string_view wanted, const std::vector<std::string>& names);

} // namespace otto
