#include "host/host_factory.hpp"

#include "host/host_guard.hpp"

#include <utility>

namespace otto {
namespace {

// Stands for a host whose plugin cannot be used.
class UnavailableHost final : public Host {
  public:
    UnavailableHost(HostContext context, Error reason)
        : Host(std::move(context))
        , reason_(std::move(reason)) {}

  private:
    task<> do_open() override {
        throw Error(reason_);
        co_return;
    }
    task<CommandExit> do_run(Command /*command*/, std::shared_ptr<CommandIo> /*io*/) override {
        throw Error(reason_);
        co_return CommandExit();
    }
    task<> do_close() override { co_return; }
    void do_abort() noexcept override {}

    Error reason_;
};

// What a HostPtr points into: its end, on whatever thread, is the end of the last handle.
struct Handle {
    Handle(std::shared_ptr<RuntimeCore> of_runtime, HostPtr host, bool warn)
        : runtime(std::move(of_runtime))
        , inner(std::move(host))
        , warn_unclosed(warn) {}
    ~Handle() {
        HostGuard& guard = HostGuard::of(*inner);
        if (warn_unclosed && guard.needs_close() && !runtime->ended())
            guard.services()->emit(
                Event(EventKind::warning, "dropped without close(): its connection is aborted"));
        HostGuard::release(std::move(inner));
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    std::shared_ptr<RuntimeCore> runtime; // ends after the host
    HostPtr inner;
    bool warn_unclosed;
};

HostPtr make_driver_host(const HostSpec& spec, PluginRegistry& plugins,
                         const std::shared_ptr<HostServices>& services) {
    std::optional<Error> refused;
    try {
        const DriverDescriptor& driver = plugins.driver(spec.wanted());
        HostPtr host = driver.create(HostContext(services));
        if (host) return host;
        refused = Error(Errc::plugin, "the driver '" + spec.driver() + "' made no host");
    } catch (const OptionError& error) {
        throw LabError({{spec.options().mark(error.option()),
                         "host '" + spec.id() + "': option '" + error.option() + "': " + error.message()}});
    } catch (...) {
        refused = error_from(std::current_exception(), Errc::plugin);
    }
    // Not in dry run either: a dry run checks plugins for real, and this host contacts nothing.
    auto not_dry =
        std::make_shared<HostServices>(services->runtime, services->hub, services->secrets, spec, false);
    return std::make_shared<UnavailableHost>(HostContext(std::move(not_dry)), std::move(*refused));
}

} // namespace

HostPtr HostMaker::make(const HostSpec& spec, bool warn_unclosed) const {
    auto services = std::make_shared<HostServices>(*runtime, hub, secrets, spec, dry_run);
    HostPtr inner = make_driver_host(spec, *plugins, services);
    runtime->add_host(inner);
    Host* host = inner.get();
    return HostPtr(std::make_shared<Handle>(runtime, std::move(inner), warn_unclosed), host);
}

} // namespace otto
