#include "reservation/backend_failure.hpp"

#include <otto/reservation.hpp>

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

namespace otto {
namespace {

std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& text : texts)
        all += (all.empty() ? "" : ", ") + text;
    return all;
}

std::string in_words(const std::string& user, const std::vector<MissingReservation>& missing) {
    std::string text = "user '" + user + "' has not reserved ";
    for (const MissingReservation& one : missing) {
        text += (&one == &missing.front() ? "'" : ", '") + one.resource + "' (";
        text += one.holders.empty() ? "nobody has)" : "held by " + joined(one.holders) + ")";
    }
    return text;
}

} // namespace

ReservationBackend::~ReservationBackend() = default;

MissingReservationError::MissingReservationError(std::string user, std::vector<MissingReservation> missing)
    : Error(Errc::reservation, in_words(user, missing))
    , missing_(std::make_shared<const std::vector<MissingReservation>>(std::move(missing))) {}
MissingReservationError::~MissingReservationError() = default;

std::vector<std::string> required_resources(const Lab& lab) {
    std::vector<std::string> all = lab.resources();
    for (const HostSpec& host : lab.hosts())
        all.insert(all.end(), host.resources().begin(), host.resources().end());
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

void check_reservations(const Lab& lab, const std::string& user, ReservationBackend& backend) {
    const std::vector<std::string> required = required_resources(lab);
    if (required.empty()) return;
    std::vector<MissingReservation> missing;
    try {
        const std::vector<std::string> reserved = backend.reserved_by(user);
        for (const std::string& resource : required)
            if (std::find(reserved.begin(), reserved.end(), resource) == reserved.end())
                missing.push_back({resource, backend.holders(resource)});
    } catch (const Error& error) {
        throw backend_failure(error.message());
    } catch (const std::exception& error) {
        throw backend_failure(std::string("the reservation backend failed: ") + error.what());
    }
    if (!missing.empty()) throw MissingReservationError(user, std::move(missing));
}

std::unique_ptr<ReservationBackend> reservation_backend(const Lab& lab) {
    if (!lab.reservations()) return nullptr;
    const ReservationSettings& wanted = *lab.reservations();
    if (wanted.backend == "json") {
        const auto file = wanted.settings.find("file");
        if (file == wanted.settings.end())
            throw backend_failure(to_string(wanted.mark) + ": reservation backend 'json' needs 'file'");
        return json_reservation_backend(file->second);
    }
    const std::string who = to_string(wanted.mark) + ": reservation backend '" + wanted.backend + "'";
    const auto* descriptor = lab.plugins() ? lab.plugins()->reservation_backend(wanted.backend) : nullptr;
    if (!descriptor) throw backend_failure(who + " is unknown: 'json' is built in, and no plugin brings it");
    try {
        auto backend = descriptor->create(wanted.settings);
        if (!backend) throw Error(Errc::reservation, "its plugin made none");
        return bounded_backend(std::move(backend));
    } catch (const Error& error) {
        throw backend_failure(who + ": " + error.message());
    } catch (const std::exception& error) {
        throw backend_failure(who + ": " + error.what());
    }
}

std::string current_user() {
    std::vector<char> text(16 * 1024);
    passwd entry = {};
    passwd* found = nullptr;
    ::getpwuid_r(::getuid(), &entry, text.data(), text.size(), &found);
    if (!found)
        throw Error(Errc::usage, "user id " + std::to_string(::getuid()) + " has no login name")
            .advice("name the user: --as-user NAME");
    return found->pw_name;
}

} // namespace otto
