#!/usr/bin/env python3
"""Lints that need clang 14: clang.py tidy|gcc12 [--changed] BUILD [FILE...]

tidy   clang-tidy with the repository's .clang-tidy
gcc12  idioms in co_await expressions that g++ 12 destroys twice (gcc12.query);
       a finding is accepted by `// gcc12-ok: REASON` on its line or the line before

BUILD is a configured build directory (compile_commands.json). Without files: every source; with --changed: those that
differ from the merge base with origin/main, on main itself from the commit before, and what is not committed yet. A
changed header is checked through a source that includes it. Exit: 0 nothing found, 1 findings, 2 could not run.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# Understood by g++ only, and the precompiled header that clang can't read.
DROPPED = {"-fpch-preprocess", "-Winvalid-pch", "-Wno-tsan", "-fno-sanitize-recover=undefined"}
OWN = re.compile(r"(core|sdk|plugins|tests)/")


def clang_command(entry):
    """A compile command of g++ as clang understands it, without ccache and precompiled header."""
    words = entry.get("arguments") or shlex.split(entry["command"])
    compiler = next(i for i, word in enumerate(words) if re.search(r"(clang\+\+|[gc]\+\+)(-\d+)?$", word))
    kept = ["clang++-14"]
    rest = iter(words[compiler + 1:])
    for word in rest:
        if word == "-include":
            next(rest)
        elif word not in DROPPED:
            kept.append(word)
    return kept + ["-Wno-everything"]


def read_database(build):
    commands = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        file = str((pathlib.Path(entry["directory"]) / entry["file"]).resolve())
        if file.endswith(".cpp") and "/cmake_pch" not in file:
            commands.setdefault(file, {"directory": entry["directory"], "file": file,
                                       "arguments": clang_command(entry)})
    return commands


def git(*words):
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True)
    return done.stdout.split("\n")[:-1] if done.returncode == 0 else []


def changed_files():
    """Paths from the root, or None if there is nothing to compare with."""
    head = git("rev-parse", "HEAD")
    base = git("merge-base", "HEAD", "origin/main")
    if not base or base == head:
        base = git("rev-parse", "--verify", "-q", "HEAD~1")
    if not base:
        return None
    return sorted(set(git("diff", "--name-only", "--diff-filter=d", base[0])
                      + git("ls-files", "--others", "--exclude-standard")))


def source_for(header, commands, build):
    """A source that sees the header: its generated one, its namesake, or the first that includes it."""
    public = re.match(r"(?:core|sdk)/include/(.*)$", header)
    if public:
        generated = build / "tests" / "headers" / (re.sub(r"\W", "_", public[1]) + ".cpp")
        return str(generated) if str(generated) in commands else None
    namesake = str(ROOT / header[:-len(".hpp")]) + ".cpp"
    if namesake in commands:
        return namesake
    includes = re.compile(r'#include ["<](?:[^">]*/)?' + re.escape(os.path.basename(header)) + '[">]')
    return next((file for file in sorted(commands) if includes.search(pathlib.Path(file).read_text())), None)


def wanted_files(commands, build, changed):
    names = changed_files() if changed else None
    if names is None:
        return sorted(file for file in commands if OWN.match(os.path.relpath(file, ROOT)))
    wanted = set()
    for name in names:
        if not OWN.match(name) or "/fixtures/" in name:
            continue
        if name.endswith(".cpp") and str(ROOT / name) in commands:
            wanted.add(str(ROOT / name))
        elif name.endswith(".hpp"):
            source = source_for(name, commands, build)
            wanted |= {source} if source else set()
    return sorted(wanted)


def tidy(database, file):
    done = subprocess.run(["clang-tidy-14", "--quiet", "-p", database, file], capture_output=True, text=True)
    return done.stdout.strip().split("\n") if done.returncode != 0 else []


def accepted(path, line):
    lines = pathlib.Path(path).read_text().split("\n")
    return any(re.search(r"// gcc12-ok: \S", text) for text in lines[max(0, line - 2):line])


def gcc12(database, file):
    done = subprocess.run(["clang-query-14", "-p", database, "-f", str(HERE / "gcc12.query"), file],
                          capture_output=True, text=True)
    text = done.stdout + done.stderr
    # A source that does not parse would hide findings.
    found = [line for line in text.split("\n") if re.search(r": (fatal )?error: |Error parsing", line)]
    for path, line in re.findall(r'^(\S+):(\d+):\d+: note: "gcc12" binds here', text, re.M):
        if not accepted(path, int(line)):
            found.append(f"{os.path.relpath(path, ROOT)}:{line}: g++ 12 destroys this temporary of a co_await "
                         "expression twice: name it on the line before")
    return found


def main(argv):
    changed = "--changed" in argv
    words = [word for word in argv if word != "--changed"]
    if len(words) < 2 or words[0] not in ("tidy", "gcc12"):
        print(__doc__, file=sys.stderr)
        return 2
    check = {"tidy": tidy, "gcc12": gcc12}[words[0]]
    build = pathlib.Path(words[1]).resolve()
    commands = read_database(build)
    files = [str(pathlib.Path(word).resolve()) for word in words[2:]] or wanted_files(commands, build, changed)
    unknown = [file for file in files if file not in commands]
    if unknown:
        print(f"not part of the build in {build}: {' '.join(unknown)}", file=sys.stderr)
        return 2

    findings = {}  # in order, each once: headers are seen by several sources
    with tempfile.TemporaryDirectory() as database:
        pathlib.Path(database, "compile_commands.json").write_text(json.dumps(list(commands.values())))
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for found in pool.map(lambda file: check(database, file), files):
                findings.update(dict.fromkeys(found))
    print("\n".join([*findings, f"{words[0]}: {len(files)} files, {'faults' if findings else 'nothing found'}"]))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
