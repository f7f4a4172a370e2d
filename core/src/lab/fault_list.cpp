#include "lab/fault_list.hpp"

#include <algorithm>

namespace otto {
namespace {

std::string in_words(const LabFault& fault, std::string_view severity) {
    const std::string place = to_string(fault.mark);
    return (place.empty() ? std::string() : place + ": ") + std::string(severity) + ": " + fault.message;
}

std::string all_lines(const std::vector<LabFault>& faults) {
    std::string text;
    for (const LabFault& fault : faults)
        text += (text.empty() ? "" : "\n") + in_words(fault, "error");
    return text;
}

} // namespace

LabError::LabError(std::vector<LabFault> faults)
    : Error(Errc::lab, all_lines(faults))
    , faults_(std::make_shared<const std::vector<LabFault>>(std::move(faults))) {}
LabError::~LabError() = default;

bool FaultList::fresh(const SourceMark& mark, const std::string& message) {
    if (std::find(files_.begin(), files_.end(), mark.file) == files_.end()) files_.push_back(mark.file);
    return seen_.emplace(mark.file, mark.line, mark.column, message).second;
}

void FaultList::add(const SourceMark& mark, std::string message) {
    ++reported_;
    if (fresh(mark, message)) faults_.push_back({mark, std::move(message)});
}

void FaultList::warn(const SourceMark& mark, std::string message) {
    if (fresh(mark, message)) warnings_.push_back({mark, std::move(message)});
}

std::vector<std::string> FaultList::warnings() const {
    std::vector<std::string> lines;
    for (const LabFault& warning : warnings_)
        lines.push_back(in_words(warning, "warning"));
    return lines;
}

void FaultList::throw_if_any() {
    if (faults_.empty()) return;
    const auto key = [this](const LabFault& fault) {
        const auto file = std::find(files_.begin(), files_.end(), fault.mark.file) - files_.begin();
        return std::tuple(file, fault.mark.line, fault.mark.column);
    };
    std::stable_sort(faults_.begin(), faults_.end(),
                     [&](const LabFault& a, const LabFault& b) { return key(a) < key(b); });
    throw LabError(std::move(faults_));
}

std::string did_you_mean(std::string_view wanted, const std::vector<std::string>& names) {
    const auto name = nearest_name(wanted, names);
    return name ? " (did you mean '" + *name + "'?)" : std::string();
}

} // namespace otto
