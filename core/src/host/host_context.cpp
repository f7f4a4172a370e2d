#include "host/host_services.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace otto {

HostServices::HostServices(RuntimeCore& runtime_core, std::shared_ptr<EventHub> event_hub,
                           std::shared_ptr<SecretStore> secret_store, HostSpec host_spec, bool is_dry_run)
    : runtime(runtime_core)
    , hub(std::move(event_hub))
    , secrets(std::move(secret_store))
    , spec(std::move(host_spec))
    , dry_run(is_dry_run)
    , strand(asio::make_strand(runtime.workers.executor()))
    , backlog(std::make_shared<EventBacklog>(strand))
    , background(strand) {}

void HostServices::emit(Event event) const {
    event.host(spec.id());
    hub->post(std::move(event));
}

namespace {

// An answer that another thread brings to a coroutine of a strand. Cancelling detaches the coroutine.
template <class T>
class Answer : public std::enable_shared_from_this<Answer<T>> {
  public:
    explicit Answer(asio::any_io_executor strand)
        : strand_(strand)
        , arrived_(strand, "an answer from another thread") {}

    // Any thread, once.
    void bring(T value) {
        asio::post(strand_, [self = this->shared_from_this(), value = std::move(value)]() mutable {
            self->value_ = std::move(value);
            self->arrived_.notify();
        });
    }

    // [strand]
    task<T> wait() {
        const auto self = this->shared_from_this();
        while (!self->value_)
            co_await self->arrived_.wait();
        co_return std::move(*self->value_);
    }

  private:
    asio::any_io_executor strand_;
    Notifier arrived_;
    std::optional<T> value_;
};

} // namespace

task<std::string> HostServices::reveal(Secret secret) {
    const auto answer = std::make_shared<Answer<RevealedSecret>>(strand);
    secrets->reveal(secret, runtime.blocking,
                    [answer](const RevealedSecret& revealed) { answer->bring(revealed); });
    RevealedSecret revealed = co_await answer->wait();
    if (revealed.error) throw Error(*revealed.error);
    co_return std::move(revealed.text);
}

task<std::vector<std::string>> HostServices::resolve(std::string name) {
    if (is_numeric_address(name)) co_return std::vector<std::string>(1, name);
    const auto answer = std::make_shared<Answer<ResolvedName>>(strand);
    runtime.resolver.resolve(name, [answer](const ResolvedName& resolved) { answer->bring(resolved); });
    ResolvedName resolved = co_await answer->wait();
    if (!resolved.error.empty())
        throw Error(Errc::unreachable, "the name '" + name + "' cannot be resolved: " + resolved.error)
            .advice("check `address` in the lab, or the resolver's configuration");
    co_return std::move(resolved.addresses);
}

task<> HostServices::blocking(std::function<void()> work) {
    const auto answer = std::make_shared<Answer<std::exception_ptr>>(strand);
    runtime.blocking.post([answer, work = std::move(work)] {
        std::exception_ptr failure;
        try {
            work();
        } catch (...) {
            failure = std::current_exception();
        }
        answer->bring(failure);
    });
    const std::exception_ptr failure = co_await answer->wait();
    if (failure) std::rethrow_exception(failure);
}

HostContext::HostContext(std::shared_ptr<HostServices> services)
    : services_(std::move(services)) {}

HostContext::~HostContext() = default;
HostContext::HostContext(const HostContext&) = default;
HostContext& HostContext::operator=(const HostContext&) = default;

const std::string& HostContext::id() const noexcept {
    return services_->spec.id();
}

const std::string& HostContext::driver() const noexcept {
    return services_->spec.driver();
}

const OptionValues& HostContext::options() const noexcept {
    return services_->spec.options();
}

const std::optional<std::string>& HostContext::address() const noexcept {
    return services_->spec.address();
}

const std::optional<std::string>& HostContext::hop() const noexcept {
    return services_->spec.hop();
}

bool HostContext::dry_run() const noexcept {
    return services_->dry_run;
}

asio::any_io_executor HostContext::executor() const {
    return services_->strand;
}

task<std::string> HostContext::reveal(Secret secret) {
    return services_->reveal(std::move(secret));
}

task<std::vector<std::string>> HostContext::resolve(std::string name) {
    return services_->resolve(std::move(name));
}

task<> HostContext::blocking(std::function<void()> work) {
    return services_->blocking(std::move(work));
}

void HostContext::emit(Event event) {
    services_->emit(std::move(event));
}

namespace {

// Core itself cancels these tasks; anything else that ends one is news.
task<> in_background(std::shared_ptr<HostServices> services, task<> work) {
    std::exception_ptr failure;
    try {
        co_await std::move(work);
    } catch (...) {
        failure = std::current_exception();
    }
    if (!failure) co_return;
    const Error error = error_from(failure, Errc::driver_fault);
    if (error.code() != Errc::cancelled) services->emit(Event(EventKind::warning, error.what()));
}

} // namespace

void HostContext::spawn(task<> work) {
    services_->background.spawn(in_background(services_, std::move(work)));
}

void HostContext::connection_lost(std::string why) {
    if (services_->on_connection_lost) services_->on_connection_lost(std::move(why));
}

} // namespace otto
