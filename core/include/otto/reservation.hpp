// Reservations: who may use which shared resource. The command gates on them; a program asks explicitly.
#pragma once

#include <otto/lab.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace otto {

// Three read-only questions. A plugin can implement them. May block: the backends that this page's functions
// return fail after ten seconds. Throws Error(reservation) when it cannot answer.
class OTTO_API ReservationBackend {
  public:
    ReservationBackend() = default;
    ReservationBackend(const ReservationBackend&) = delete;
    ReservationBackend& operator=(const ReservationBackend&) = delete;
    virtual ~ReservationBackend();

    // Resources that the user holds now.
    virtual std::vector<std::string> reserved_by(const std::string& user) = 0;
    // Users who hold the resource now.
    virtual std::vector<std::string> holders(const std::string& resource) = 0;
    // For messages: "json file /srv/reservations.json".
    virtual std::string name() = 0;
};

struct MissingReservation {
    std::string resource;
    std::vector<std::string> holders; // empty: nobody holds it
};

// Names the resources that the user lacks and who holds them. A missing reservation is not a backend failure:
// no hint about going on without reservations belongs here.
class OTTO_API MissingReservationError : public Error {
  public:
    MissingReservationError(std::string user, std::vector<MissingReservation> missing);
    ~MissingReservationError() override;
    [[nodiscard]] const std::vector<MissingReservation>& missing() const noexcept { return *missing_; }

  private:
    std::shared_ptr<const std::vector<MissingReservation>> missing_;
};

// The labs' resources and those of their hosts, sorted, each once.
OTTO_API std::vector<std::string> required_resources(const Lab& lab);

// Throws MissingReservationError, or Error(reservation) when the backend fails or takes longer than ten
// seconds.
OTTO_API void check_reservations(const Lab& lab, const std::string& user, ReservationBackend& backend);

// {"version": 1, "reservations": [{"user": ..., "resources": [...], "expires": RFC 3339, optional}]}
OTTO_API std::unique_ptr<ReservationBackend> json_reservation_backend(std::filesystem::path file);

// The backend with a bound on each call: after `limit` the call fails, and the thread that it runs on is left
// behind. For a program's own backends; those below are bounded already.
OTTO_API std::unique_ptr<ReservationBackend> bounded_backend(std::unique_ptr<ReservationBackend> backend,
                                                             Duration limit = std::chrono::seconds(10));

// The lab's backend: "json" or one that a plugin brings. Null if the lab has none. Throws Error(reservation).
OTTO_API std::unique_ptr<ReservationBackend> reservation_backend(const Lab& lab);

// The login name of the process's user id.
OTTO_API std::string current_user();

} // namespace otto
