// What a host may have beyond open, run and close. A capability is asked for by a string id with a revision,
// so Host's virtual table stays frozen and a proxy can answer for any of them. Capability classes are made
// like Host: public verbs that core guards, private virtuals that the driver writes. Their tables are frozen
// per revision.
#pragma once

#include <otto/task.hpp>

#include <string_view>

namespace otto {

class Host;

class OTTO_API Capability {
  public:
    Capability(const Capability&) = delete;
    Capability& operator=(const Capability&) = delete;

  protected:
    // The host that has this capability and outlives it.
    explicit Capability(Host& host) noexcept
        : host_(&host) {}
    ~Capability() = default; // never owned through this class
    [[nodiscard]] Host& capability_host() const noexcept { return *host_; }

  private:
    Host* host_;
};

} // namespace otto
