#include "outcome.hpp"

#include <algorithm>

namespace otto::cli {

Status Outcome::status() const noexcept {
    Status worst = std::max(result_->status(), at_least_);
    if (transfers_ == nullptr) return worst;
    for (const auto& transfer : *transfers_)
        worst = std::max(worst, transfer.status);
    return worst;
}

std::optional<Error> Outcome::first_error() const {
    if (error() || transfers_ == nullptr) return error();
    const auto failed = std::ranges::find_if(
        *transfers_, [](const Transfer& transfer) { return transfer.error.has_value(); });
    return failed == transfers_->end() ? std::nullopt : failed->error;
}

std::string describe(const Error& error) {
    return error.advice().empty() ? error.message() : error.message() + " (" + error.advice() + ")";
}

} // namespace otto::cli
