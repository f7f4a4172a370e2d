// otto.exec/1: independent commands, many at once on one host. No turn is taken.
#pragma once

#include <otto/capability.hpp>
#include <otto/command.hpp>
#include <otto/result.hpp>

#include <memory>

namespace otto {

class CommandIo;

class OTTO_API Exec : public Capability {
  public:
    static constexpr std::string_view capability_id = "otto.exec/1";

    // Errors, threads and lifetime as Host::run, except that nothing is kept between two commands.
    task<CommandResult> exec(Command command);

  protected:
    using Capability::Capability;
    ~Exec() = default;

  private:
    // [strand, concurrent] Runs one command; see Host::do_run for the rules. The command's environment and
    // standard input are the driver's to deliver. Cancelled: end the remote command, tell io.left_running()
    // what may remain.
    virtual task<CommandExit> do_exec(Command command, std::shared_ptr<CommandIo> io) = 0;
};

} // namespace otto
