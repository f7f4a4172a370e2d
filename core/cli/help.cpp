#include "help.hpp"

namespace otto::cli {

std::string help_text() {
    return R"(otto: run commands and move files on every machine of a lab

  otto [options] run CMD...               in each host's session; each argument is one command
  otto [options] exec CMD...              each command independent
  otto [options] put SOURCE... DEST       files to every host
  otto [options] get SOURCE... DEST       files from every host, to DEST/HOST/
  otto [options] check                    connect, log in, close; tell why not
  otto [options] host ID run|exec|put|get ...
  otto [options] hosts                    list the lab
  otto lab check FILE...                  faults and warnings of lab files
  otto schema                             a JSON Schema of lab files, for editors
  otto plugins                            plugins found, refused and shadowed (also: plugin list)
  otto reservation whoami|check
  otto NAME ...                           a tool of a plugin

Options stand before or after the command.
  -l, --lab NAME            lab by name or path; again, or as a+b, for several (default: $OTTO_LAB)
      --lab-path DIR        search labs here first
      --plugin-dir DIR      search plugins here first
  -n, --dry-run             show what would run; contact nothing
      --format FORMAT       text, json or jsonl
      --hosts PATTERN       ids, globs, web[01-20], @group, @tag, !term; separated by commas
  -o, --option KEY=VALUE    override an option of the hosts' drivers
      --timeout SPAN        each host's whole budget, connecting included (30s, 250ms, 2m)
      --fanout N            hosts at once (default 64)
      --serial              one host at a time
      --env NAME=VALUE      add to the commands' environment
      --script FILE         run the file's text as one command
      --stop                skip a host's remaining commands after a failure
      --output-limit SIZE   bytes kept of each stream in JSON (default 16MiB)
      --log-dir DIR         a transcript per host, secrets masked
      --reservations FILE   a JSON file of reservations, instead of the lab's backend
      --as-user NAME        ask for this user's reservations
  -R, --skip-reservation-check
  -v, --verbose             tell what happens; -vv more
  -q, --quiet               no warnings, no closing line
  -h, --help
  -V, --version

Exit status: 0 all succeeded, 1 a host or command failed, 2 usage, lab or plugin, 3 reservation, 130/143 interrupted.
'otto host ID run' gives the command's own status, 128+n for signal n, 255 if it could not be finished.
)";
}

std::vector<std::string> command_names() {
    return {"run",   "exec", "put",    "get",    "check",   "host",
            "hosts", "lab",  "schema", "plugin", "plugins", "reservation"};
}

std::string version_text() {
    return "otto " OTTO_VERSION "\n";
}

} // namespace otto::cli
