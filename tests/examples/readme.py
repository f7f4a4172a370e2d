#!/usr/bin/python3
"""Keeps README.md true.

readme.py extract README DIRECTORY   writes each C++ sample as NAME.cpp, a program; prints the names
readme.py check README OTTO PLUGINS  tries the labs, commands and JSON that README.md shows, with the command OTTO and
                                     the directory PLUGINS, in which the sample `driver` is built
"""
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent

# What makes a sample that is no program one, by the function that it shows.
MAINS = {
    "otto::task<> session(otto::Context& ctx)":
        'otto::run(otto::open_context(otto::OpenOptions("mylab").search_path("labs"), session));',
    "otto::task<> work()": "otto::run(work());",
    "otto::task<> one_host()": "otto::run(one_host());",
    "void require_reservations(const otto::Lab& lab)":
        """otto::Lab lab = otto::load_lab("mylab", otto::LoadOptions().search_path("labs"));
    try {
        require_reservations(lab);
    } catch (const otto::MissingReservationError&) { // the reservation is ana's
    }""",
}

# Of the commands that README.md shows, these need nothing but hosts. The others are tried as a dry run.
HARMLESS = ("otto -l mylab check", "otto -l mylab run 'uname -a' uptime",
            "otto -l mylab host web01 run 'cat /etc/os-release'")


def blocks(readme, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)


def extract(readme, directory):
    directory.mkdir(parents=True, exist_ok=True)
    names = []
    for sample in blocks(readme, "cpp"):
        named = re.match(r"// sample: (\w+)\n", sample)
        if not named:
            sys.exit(f"a C++ sample does not begin with '// sample: NAME': {sample.splitlines()[0]}")
        names.append(named[1])
        if "int main()" not in sample and "OTTO_PLUGIN(" not in sample:
            body = [body for shown, body in MAINS.items() if shown + " {" in sample]
            if not body:
                sys.exit(f"the sample '{named[1]}' has no function that {sys.argv[0]} can call")
            sample += f"\nint main() {{\n    {body[0]}\n}}\n"
        file = directory / f"{named[1]}.cpp"
        if not file.exists() or file.read_text() != sample:
            file.write_text(sample)
    if len(set(names)) != len(names):
        sys.exit(f"two C++ samples have the same name: {names}")
    print(";".join(names), end="")


class Shell:
    """The command in a directory of its own, with the examples' labs and what the samples name."""

    def __init__(self, otto, directory):
        self.otto = otto
        self.directory = pathlib.Path(directory)
        shutil.copytree(HERE / "labs", self.directory / "labs")
        (self.directory / "build").mkdir()
        (self.directory / "build/agent").write_text("agent\n")

    def run(self, arguments, status=0):
        """Standard output of `otto ARGUMENTS`, which must end with `status`."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OTTO_")}
        done = subprocess.run([self.otto, *arguments], cwd=self.directory, env=environment, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        if done.returncode != status:
            sys.exit(f"otto {shlex.join(arguments)}: status {done.returncode}, not {status}\n"
                     f"{done.stdout}{done.stderr}")
        return done.stdout


def commands_of(readme):
    for block in blocks(readme, "console"):
        for line in block.splitlines():
            assert line.startswith("$ otto "), f"no command of otto: {line}"
            yield line[2:].split(" # ")[0].strip()


def check_commands(readme, shell):
    shown = list(commands_of(readme))
    assert set(HARMLESS) <= set(shown), f"README.md no longer shows one of {HARMLESS}"
    for command in shown:
        arguments = shlex.split(command)[1:]
        if command not in HARMLESS and "-n" not in arguments:
            arguments.insert(0, "-n")
        shell.run(arguments)


def check_labs(readme, shell):
    for number, lab in enumerate(blocks(readme, "yaml")):
        file = shell.directory / f"lab{number}.yaml"
        file.write_text(lab)
        shell.run(["lab", "check", str(file)])


def without_durations(value):
    if isinstance(value, dict):
        return {key: without_durations(each) for key, each in value.items() if key != "duration_s"}
    return [without_durations(each) for each in value] if isinstance(value, list) else value


def check_json(readme, shell):
    for block in blocks(readme, "json"):
        shown = json.loads(block)
        commands = [command["command"] for command in shown["commands"]]
        printed = json.loads(shell.run(
            ["-l", "mylab", "--format", "jsonl", "run", "--hosts", shown["host"], *commands], status=1))
        assert without_durations(printed) == without_durations(shown), f"shown {shown}\nprinted {printed}"
        assert printed.keys() == shown.keys() and printed["commands"][0].keys() == shown["commands"][0].keys()


def check_driver(shell, plugins):
    listed = shell.run(["plugins", "--plugin-dir", plugins])
    assert re.search(r"\becho\b", listed), f"otto plugins does not list the README's driver:\n{listed}"
    (shell.directory / "labs/vendor.yaml").write_text(
        "otto: 1\nhosts:\n  box: { driver: echo, greeting: 'box heard:' }\n")
    answer = shell.run(["--plugin-dir", plugins, "-l", "vendor", "run", "good morning"])
    assert answer == "box: box heard: good morning\n", answer


def check_paths(readme):
    for path in re.findall(r"^(packaging/\w+)", "".join(blocks(readme, "sh")), re.MULTILINE):
        assert os.access(HERE.parent.parent / path, os.X_OK), f"{path} is shown and does not exist"
    for path in re.findall(r"\]\(([^):]+)\)", readme):
        assert (HERE.parent.parent / path).exists(), f"{path} is linked and does not exist"


def main():
    verb, file, *rest = sys.argv[1:]
    readme = pathlib.Path(file).read_text()
    if verb == "extract":
        extract(readme, pathlib.Path(rest[0]))
        return
    otto, plugins = rest
    check_paths(readme)
    with tempfile.TemporaryDirectory() as directory:
        shell = Shell(otto, directory)
        check_labs(readme, shell)
        check_commands(readme, shell)
        check_json(readme, shell)
        check_driver(shell, plugins)


main()
