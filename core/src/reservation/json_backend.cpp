#include "lab/unique_fd.hpp"
#include "reservation/json_reservations.hpp"

#include <otto/reservation.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace otto {
namespace {

// Reads the file at each question: reservations change while a program runs.
class JsonBackend final : public ReservationBackend {
  public:
    explicit JsonBackend(std::filesystem::path file)
        : file_(std::move(file)) {}

    std::vector<std::string> reserved_by(const std::string& user) override {
        std::vector<std::string> resources;
        for (const Reservation& reservation : current())
            if (reservation.user == user)
                resources.insert(resources.end(), reservation.resources.begin(), reservation.resources.end());
        return sorted(std::move(resources));
    }

    std::vector<std::string> holders(const std::string& resource) override {
        std::vector<std::string> users;
        for (const Reservation& reservation : current()) {
            const auto& all = reservation.resources;
            if (std::find(all.begin(), all.end(), resource) != all.end()) users.push_back(reservation.user);
        }
        return sorted(std::move(users));
    }

    std::string name() override { return "json file " + file_.string(); }

  private:
    static std::vector<std::string> sorted(std::vector<std::string> texts) {
        std::sort(texts.begin(), texts.end());
        texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
        return texts;
    }

    [[nodiscard]] std::vector<Reservation> current() const {
        std::vector<Reservation> all = parse_reservations(read());
        const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        std::erase_if(all, [&](const Reservation& reservation) { return !reservation.holds_at(now); });
        return all;
    }

    [[nodiscard]] std::string read() const {
        constexpr std::size_t longest = 8 * 1024 * 1024;
        const UniqueFd fd(::open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
        struct stat status = {};
        if (!fd || ::fstat(fd.get(), &status) != 0) fail(std::generic_category().message(errno));
        if (!S_ISREG(status.st_mode)) fail("not a regular file");
        std::string text;
        char block[64 * 1024];
        for (;;) {
            const ssize_t n = ::read(fd.get(), block, sizeof block);
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) fail(std::generic_category().message(errno));
            if (n == 0) return text;
            text.append(block, static_cast<std::size_t>(n));
            if (text.size() > longest) fail("larger than 8 MiB");
        }
    }

    [[noreturn]] static void fail(const std::string& reason) {
        throw Error(Errc::reservation, "cannot be read: " + reason);
    }

    std::filesystem::path file_;
};

} // namespace

std::unique_ptr<ReservationBackend> json_reservation_backend(std::filesystem::path file) {
    return bounded_backend(std::make_unique<JsonBackend>(std::move(file)));
}

} // namespace otto
