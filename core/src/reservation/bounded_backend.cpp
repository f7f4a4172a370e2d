#include "reservation/backend_failure.hpp"

#include <otto/reservation.hpp>

#include <exception>
#include <functional>
#include <future>
#include <thread>

namespace otto {
namespace {

// Runs each question on a thread of its own. A thread that does not come back keeps the backend alive, not
// the caller.
class BoundedBackend final : public ReservationBackend {
  public:
    BoundedBackend(std::unique_ptr<ReservationBackend> backend, Duration limit)
        : backend_(std::move(backend))
        , limit_(limit) {}

    std::vector<std::string> reserved_by(const std::string& user) override {
        return named([user](ReservationBackend& backend) { return backend.reserved_by(user); });
    }
    std::vector<std::string> holders(const std::string& resource) override {
        return named([resource](ReservationBackend& backend) { return backend.holders(resource); });
    }
    std::string name() override {
        if (name_.empty())
            name_ = ask<std::string>("the reservation backend",
                                     [](ReservationBackend& backend) { return backend.name(); });
        return name_;
    }

  private:
    using Texts = std::vector<std::string>;

    Texts named(std::function<Texts(ReservationBackend&)> question) {
        return ask<Texts>(name(), std::move(question));
    }

    template <class Answer>
    Answer ask(const std::string& who, std::function<Answer(ReservationBackend&)> question) {
        std::packaged_task<Answer()> task(
            [backend = backend_, question = std::move(question)] { return question(*backend); });
        std::future<Answer> answer = task.get_future();
        std::thread(std::move(task)).detach();
        if (answer.wait_for(limit_) != std::future_status::ready)
            throw backend_failure(who + " did not answer within " + format_duration(limit_));
        try {
            return answer.get();
        } catch (const Error& error) {
            throw backend_failure(who + ": " + error.message());
        } catch (const std::exception& error) {
            throw backend_failure(who + ": " + error.what());
        }
    }

    std::shared_ptr<ReservationBackend> backend_;
    Duration limit_;
    std::string name_;
};

} // namespace

std::unique_ptr<ReservationBackend> bounded_backend(std::unique_ptr<ReservationBackend> backend,
                                                    Duration limit) {
    return std::make_unique<BoundedBackend>(std::move(backend), limit);
}

} // namespace otto
