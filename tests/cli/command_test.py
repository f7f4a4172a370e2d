#!/usr/bin/python3
"""The built command from outside: what it prints where, and how it ends. command_test.py OTTO FIXTURE_PLUGIN_DIR [test...]"""

import json
import os
import pty
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import time
import unittest

OTTO = os.path.abspath(sys.argv.pop(1))
FIXTURES = os.path.abspath(sys.argv.pop(1))
PATIENCE = 60  # seconds; the machine may be busy

LAB = """
otto: 1
hosts:
  a: { driver: fixture }
  b: { driver: fixture, tags: [second] }
  c: { driver: fixture }
"""


class Result:
    def __init__(self, process):
        self.status, self.out, self.err = process.returncode, process.stdout, process.stderr


class CommandTest(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="otto-cli-")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("OTTO_")}
        self.env["HOME"] = self.dir
        self.lab("demo", LAB)

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def write(self, name, text, mode=0o644):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)

    def lab(self, name, text):
        return self.write(name + ".yaml", text)

    def start(self, *arguments, **options):
        command = [OTTO, "--plugin-dir", FIXTURES, *arguments]
        return subprocess.Popen(command, cwd=self.dir, env=self.env, stdin=subprocess.DEVNULL, **options)

    def otto(self, *arguments, text=True, **options):
        command = [OTTO, "--plugin-dir", FIXTURES, "--lab-path", ".", *arguments]
        return Result(subprocess.run(command, cwd=self.dir, env=self.env, stdin=subprocess.DEVNULL, text=text,
                                     capture_output=True, timeout=PATIENCE, check=False, **options))

    def demo(self, *arguments, **options):
        return self.otto("-l", "demo", *arguments, **options)


class Text(CommandTest):
    def test_every_host_answers_with_its_name(self):
        result = self.demo("run", "say hello")
        self.assertEqual(sorted(result.out.splitlines()), ["a: hello", "b: hello", "c: hello"])
        self.assertEqual(result.err, "3 ok\n")
        self.assertEqual(result.status, 0)

    def test_each_argument_is_one_command(self):
        result = self.demo("--hosts", "a", "run", "say one", "say two")
        self.assertEqual(result.out, "a: one\na: two\n")

    def test_failures_do_not_stop_the_commands_that_follow(self):
        result = self.demo("--hosts", "a", "run", "exit 3", "say after")
        self.assertEqual(result.out, "a: after\n")
        self.assertEqual(result.err, "otto: a: exit status 3: exit 3\n0 ok, 1 failed\n")
        self.assertEqual(result.status, 1)
        result = self.demo("--hosts", "a", "run", "--stop", "exit 3", "say after")
        self.assertEqual(result.out, "")
        self.assertEqual(result.status, 1)

    def test_a_host_that_cannot_be_reached_costs_only_itself(self):
        self.lab("mixed", LAB + "  gone: { driver: fixture, open: refuse }\n")
        result = self.otto("-l", "mixed", "run", "say hello")
        self.assertEqual(len(result.out.splitlines()), 3)
        self.assertEqual(result.err, "otto: error: gone: connection refused (start the fixture)\n"
                                     "3 ok, 1 unreachable: gone\n")
        self.assertEqual(result.status, 1)

    def test_quiet_shows_output_and_errors_only(self):
        result = self.demo("-q", "run", "say hello", "exit 1")
        self.assertEqual(len(result.out.splitlines()), 3)
        self.assertEqual(result.err, "")

    def test_a_script_is_one_command(self):
        self.write("script", "say from the script")
        result = self.demo("--hosts", "a", "exec", "--script", "script")
        self.assertEqual(result.out, "a: from the script\n")

    def test_verbose_tells_what_happens_on_standard_error(self):
        result = self.demo("-v", "--hosts", "a", "run", "say hello")
        self.assertEqual(result.out, "a: hello\n")
        self.assertIn("1 of 3 hosts of lab 'demo'", result.err)
        self.assertIn("connected", result.err)

    def test_control_bytes_reach_a_pipe_but_no_terminal(self):
        raw = self.demo("--hosts", "a", "run", "bytes", text=False)
        self.assertEqual(raw.out, b"a: a\0b\xff\na: end\n")
        leader, follower = pty.openpty()
        attributes = termios.tcgetattr(follower)
        attributes[1] &= ~termios.OPOST
        termios.tcsetattr(follower, termios.TCSANOW, attributes)
        process = self.start("-l", "./demo.yaml", "--hosts", "a", "run", "bytes", stdout=follower,
                             stderr=subprocess.DEVNULL)
        self.assertEqual(process.wait(PATIENCE), 0)
        os.close(follower)
        self.assertEqual(os.read(leader, 4096), b"a: a\\x00b\xef\xbf\xbd\na: end\n")
        os.close(leader)


class Json(CommandTest):
    def test_an_array_in_lab_order(self):
        result = self.demo("--format", "json", "run", "say hello", "exit 3", "kill")
        hosts = json.loads(result.out)
        self.assertEqual([host["host"] for host in hosts], ["a", "b", "c"])
        self.assertEqual(result.err, "")
        self.assertEqual(result.status, 1)
        host = hosts[0]
        self.assertEqual(list(host), ["host", "status", "error", "duration_s", "commands"])
        self.assertEqual((host["status"], host["error"]), ("failed", None))
        said, exited, killed = host["commands"]
        self.assertEqual(list(said), ["command", "status", "exit_status", "signal", "output", "stderr",
                                      "truncated_bytes", "timed_out", "duration_s"])
        self.assertEqual((said["command"], said["status"], said["exit_status"], said["output"]),
                         ("say hello", "success", 0, "hello\n"))
        self.assertEqual((exited["status"], exited["exit_status"]), ("failed", 3))
        self.assertEqual((killed["status"], killed["exit_status"], killed["signal"]), ("failed", None, "KILL"))

    def test_bytes_that_are_no_text_are_exact_in_base64(self):
        result = self.demo("--hosts", "a", "--format", "jsonl", "run", "bytes")
        command = json.loads(result.out)["commands"][0]
        self.assertEqual(command["output"], "a\0b\ufffd\nend")
        self.assertEqual(command["output_base64"], "YQBi/w0KZW5k")
        self.assertNotIn("stderr_base64", command)

    def test_every_command_asked_has_an_entry(self):
        self.lab("gone", "otto: 1\nhosts: { gone: { driver: fixture, open: refuse } }\n")
        result = self.otto("-l", "gone", "--format", "json", "run", "say 1", "say 2")
        host = json.loads(result.out)[0]
        self.assertEqual(host["error"], {"code": "unreachable", "message": "connection refused (start the fixture)"})
        self.assertEqual([c["status"] for c in host["commands"]], ["not-run", "not-run"])
        self.assertEqual(result.status, 1)

    def test_a_line_comes_when_its_host_ends(self):
        process = self.start("-l", "./demo.yaml", "--format", "jsonl", "--serial", "run", "say x",
                             stdout=subprocess.PIPE, text=True)
        self.assertEqual([json.loads(line)["host"] for line in process.stdout], ["a", "b", "c"])
        self.assertEqual(process.wait(PATIENCE), 0)
        process.stdout.close()

    def test_a_timeout_is_an_error_with_the_output_so_far(self):
        result = self.demo("--hosts", "a", "--format", "json", "run", "--timeout", "300ms", "hang")
        host = json.loads(result.out)[0]
        self.assertEqual(host["status"], "error")
        self.assertEqual(host["error"]["code"], "timed-out")
        self.assertEqual(host["commands"][0]["output"], "before\n")
        self.assertTrue(host["commands"][0]["timed_out"])
        self.assertEqual(result.status, 1)

    def test_what_did_not_fit_is_counted(self):
        result = self.demo("--hosts", "a", "--format", "json", "--output-limit", "1KiB", "run", "flood 1")
        command = json.loads(result.out)[0]["commands"][0]
        self.assertEqual(len(command["output"]), 1024)
        self.assertEqual(command["truncated_bytes"], 1024 * 1024 - 1024)


class Usage(CommandTest):
    def check(self, expected, *arguments, status=2):
        result = self.otto(*arguments)
        self.assertIn(expected, result.err)
        self.assertTrue(result.err.startswith("otto: error: "), result.err)
        self.assertEqual(result.out, "")
        self.assertEqual(result.status, status)
        return result

    def test_faults_of_the_command_line(self):
        self.check("quote it: otto run 'uname -a'", "-l", "demo", "run", "uname", "-a")
        self.check("no lab given", "run", "id")
        self.check("no command given")
        self.check("--format", "--format", "xml", "hosts")
        self.check("did you mean 'schema'", "shema")
        self.check("nonsuch", "-l", "nonsuch", "run", "id")
        self.check("nonsuch", "-l", "demo", "--hosts", "nonsuch", "run", "id")
        self.check("did you mean 'open'", "-l", "demo", "-o", "opne=hang", "run", "id")
        self.check("one id", "-l", "demo", "host", "*", "run", "id")
        self.check("--script", "-l", "demo", "run", "--script", "nonsuch")
        self.check("nonsuch", "-l", "demo", "put", "nonsuch", "/tmp")

    def test_the_lab_may_come_from_the_environment(self):
        self.env["OTTO_LAB"] = "demo"
        self.assertEqual(self.otto("run", "say x").status, 0)

    def test_help_and_version(self):
        self.assertEqual(self.otto("--help").status, 0)
        self.assertRegex(self.otto("--version").out, r"^otto \d+\.\d+\.\d+\n$")

    def test_a_fault_in_the_lab_stops_everything(self):
        self.lab("bad", "otto: 1\nhosts:\n  a: { driver: fixture, opne: ok }\n  b: { driver: fixure }\n")
        result = self.otto("-l", "bad", "run", "say x")
        self.assertEqual(result.out, "")
        self.assertEqual(result.status, 2)
        lines = result.err.splitlines()
        self.assertEqual(len(lines), 2, result.err)
        self.assertRegex(lines[0], r"^otto: error: .*bad\.yaml:3:\d+: host 'a': unknown option 'opne'")
        self.assertRegex(lines[1], r"^otto: error: .*bad\.yaml:4:\d+: .*fixure")

    def test_lab_check_lists_faults_and_warnings(self):
        self.lab("bad", "otto: 1\nhosts:\n  a: { driver: fixture, opne: ok }\n  b: { driver: fixure }\n")
        result = self.otto("lab", "check", "bad.yaml")
        self.assertEqual(len(result.out.splitlines()), 2)
        self.assertRegex(result.out, r"bad\.yaml:3:\d+: error: host 'a': unknown option 'opne'")
        self.assertEqual(result.status, 2)
        self.lab("loud", "otto: 1\nhosts: { a: { driver: fixture, password: hunter2 } }\n")
        result = self.otto("lab", "check", "loud.yaml")
        self.assertIn("warning", result.out)
        self.assertNotIn("hunter2", result.out)
        self.assertEqual(result.status, 0)

    def test_hosts_and_schema(self):
        result = self.demo("hosts", "--hosts", "@second", "--format", "json")
        self.assertEqual([host["host"] for host in json.loads(result.out)], ["b"])
        self.assertIn("fixture", self.demo("hosts").out)
        self.assertIn("hang", json.dumps(json.loads(self.otto("schema").out)))


class Plugins(CommandTest):
    def test_a_tool_gets_its_arguments(self):
        result = self.otto("shout", "--loud", "-n")
        self.assertEqual(result.out, "--LOUD\n-N\n")
        self.assertEqual(result.status, 2)

    def test_plugins_lists_refusals_and_shadowed_ones(self):
        plugins = json.loads(self.otto("plugins", "--format", "json").out)
        installed = [p["path"] for p in plugins if p["name"] == "local"][0]
        os.mkdir(self.path("more"))
        shutil.copy(installed, self.path("more"))
        self.write("more/otto-odd.so", "this is no library")
        result = self.otto("--plugin-dir", "more", "plugins", "--format", "json")
        states = {p["path"]: p["state"] for p in json.loads(result.out)}
        self.assertEqual(states[self.path("more", "otto-local.so")], "ok")
        self.assertEqual(states[self.path("more", "otto-odd.so")], "refused")
        self.assertEqual(states[installed], "shadowed")
        self.assertEqual(result.status, 0)
        text = self.otto("--plugin-dir", "more", "plugin", "list")
        self.assertRegex(text.out, r"refused +odd")
        self.assertEqual(text.status, 0)

    def test_a_refused_plugin_costs_its_hosts_only(self):
        self.write("otto-odd.so", "this is no library")
        self.lab("odd", LAB + "  odd: { driver: odd }\n")
        result = self.otto("--plugin-dir", ".", "-l", "odd", "run", "say hello")
        self.assertEqual(len(result.out.splitlines()), 3, result.out)
        self.assertIn("otto: error: odd: ", result.err)
        self.assertIn("1 plugin: odd", result.err)
        self.assertEqual(result.status, 2)


class Reservations(CommandTest):
    def setUp(self):
        super().setUp()
        self.lab("shared", "resources: [rack3]\n" + LAB)

    def reserve(self, user, **extra):
        entry = {"user": user, "resources": ["rack3"], **extra}
        self.write("r.json", json.dumps({"version": 1, "reservations": [entry]}))

    def shared(self, *arguments):
        return self.otto("-l", "shared", "--reservations", "r.json", "--as-user", "ann", *arguments)

    def test_what_is_held_runs(self):
        self.reserve("ann")
        self.assertEqual(self.shared("run", "say x").status, 0)
        self.assertEqual(self.shared("reservation", "check").status, 0)
        self.assertEqual(self.otto("--as-user", "ann", "reservation", "whoami").out, "ann\n")

    def test_what_is_missing_names_its_holder_and_runs_nothing(self):
        self.reserve("bob")
        for arguments in (["run", "say x"], ["-n", "run", "say x"], ["check"], ["reservation", "check"]):
            result = self.shared(*arguments)
            self.assertEqual(result.out, "")
            self.assertIn("rack3", result.err)
            self.assertIn("bob", result.err)
            self.assertNotIn("-R", result.err)
            self.assertEqual(result.status, 3)
        self.assertEqual(self.shared("-R", "run", "say x").status, 0)
        self.assertEqual(self.shared("hosts").status, 0)

    def test_a_backend_that_cannot_answer_says_how_to_go_on(self):
        self.write("r.json", "no json")
        result = self.shared("run", "say x")
        self.assertEqual((result.out, result.status), ("", 3))
        self.assertIn("-R", result.err)
        self.lab("broken", "resources: [rack3]\nreservations: { backend: broken }\n" + LAB)
        result = self.otto("-l", "broken", "run", "say x")
        self.assertEqual((result.out, result.status), ("", 3))
        self.assertIn("no answer", result.err)
        self.assertIn("-R", result.err)


class OneHost(CommandTest):
    def test_the_status_of_the_command_is_that_of_otto(self):
        for command, status in (("exit 0", 0), ("exit 7", 7), ("kill", 137)):
            self.assertEqual(self.demo("host", "a", "run", command).status, status)
        self.assertEqual(self.demo("host", "a", "exec", "exit 4", "exit 5").status, 4)
        self.assertEqual(self.demo("host", "a", "run", "exit 0", "exit 5").status, 5)
        self.assertEqual(self.demo("host", "a", "run", "--timeout", "200ms", "hang").status, 255)
        self.lab("gone", "otto: 1\nhosts: { gone: { driver: fixture, open: refuse } }\n")
        self.assertEqual(self.otto("-l", "gone", "host", "gone", "run", "exit 3").status, 255)


class Check(CommandTest):
    def test_check_tells_why_not(self):
        self.lab("mixed", LAB + "  gone: { driver: fixture, open: refuse }\n")
        result = self.otto("-l", "mixed", "check")
        self.assertEqual(sorted(result.out.splitlines()), ["a: ok", "b: ok", "c: ok"])
        self.assertIn("otto: error: gone: connection refused", result.err)
        self.assertEqual(result.status, 1)

    def test_check_has_a_budget(self):
        self.lab("silent", "otto: 1\nhosts: { silent: { driver: fixture, open: hang } }\n")
        result = self.otto("-l", "silent", "check", "--timeout", "300ms")
        self.assertIn("1 timed-out: silent", result.err)
        self.assertEqual(result.status, 1)

    def test_a_dry_run_makes_up_no_answer(self):
        result = self.demo("-n", "check", "--format", "jsonl")
        self.assertEqual({json.loads(line)["status"] for line in result.out.splitlines()}, {"not-run"})
        self.assertEqual(result.status, 0)


class DryRun(CommandTest):
    def test_the_tripwire_fires_only_without_it(self):
        wire, bait = self.path("wire"), self.path("bait")
        self.lab("trap", "otto: 1\nhosts:\n  here: { driver: local }\n  b: { driver: fixture, "
                         f"password: !command [touch, {bait}] }}\n")
        result = self.otto("-n", "-l", "trap", "--hosts", "here", "run", f"touch {wire}")
        self.assertEqual(result.out, f"here: would run: touch {wire}\n")
        self.assertEqual(result.status, 0)
        result = self.otto("-n", "-l", "trap", "--hosts", "b", "run", "secret")
        self.assertEqual(result.status, 0)
        self.assertFalse(os.path.exists(wire) or os.path.exists(bait))
        self.otto("-l", "trap", "--hosts", "here", "run", f"touch {wire}")
        self.otto("-l", "trap", "--hosts", "b", "run", "secret")
        self.assertTrue(os.path.exists(wire))
        self.assertTrue(os.path.exists(bait))

    def test_it_writes_no_files(self):
        self.write("file", "x")
        self.lab("here", "otto: 1\nhosts: { here: { driver: local } }\n")
        self.assertEqual(self.otto("-n", "-l", "here", "get", "/etc/hostname", "got").status, 0)
        self.assertEqual(self.otto("-n", "-l", "here", "put", "file", self.path("put")).status, 0)
        self.assertEqual(self.otto("-n", "-l", "here", "--log-dir", "logs", "run", "id").status, 0)
        for name in ("got", "put", "logs"):
            self.assertFalse(os.path.exists(self.path(name)))


class Transcripts(CommandTest):
    def test_a_secret_is_masked_also_when_it_comes_in_two_pieces(self):
        self.env["PASSWORD"] = "correct horse battery"
        self.write("secret", "another long secret\n", 0o600)
        self.lab("told", "otto: 1\nhosts:\n  a: { driver: fixture, password: !env PASSWORD }\n"
                         "  b: { driver: fixture, password: hunter2hunter2 }\n"
                         "  c: { driver: fixture, password: !file secret }\n")
        result = self.otto("-l", "told", "--log-dir", "logs", "run", "secret", "say end")
        self.assertEqual(result.status, 0)
        self.assertEqual(os.stat(self.path("logs")).st_mode & 0o777, 0o700)
        for host in "abc":
            with open(self.path("logs", host + ".log"), encoding="utf-8") as file:
                text = file.read()
            self.assertIn("password ********.\n", text)
            self.assertIn("end\n", text)
            self.assertIn("command-started: secret", text)
            for secret in ("horse", "hunter", "another"):
                self.assertNotIn(secret, text)
            self.assertEqual(os.stat(self.path("logs", host + ".log")).st_mode & 0o777, 0o600)


class Files(CommandTest):
    def setUp(self):
        super().setUp()
        self.lab("here", "otto: 1\nhosts: { \"l[1-2]\": { driver: local } }\n")

    def test_get_sorts_by_host_and_put_delivers(self):
        self.write("file", "content")
        os.mkdir(self.path("to"))
        result = self.otto("-l", "here", "--serial", "put", "file", self.path("to"))
        self.assertEqual(result.status, 0, result.err)
        result = self.otto("-l", "here", "--format", "jsonl", "get", self.path("to", "file"), "back")
        self.assertEqual(result.status, 0, result.err)
        for host in ("l1", "l2"):
            with open(self.path("back", host, "file"), encoding="utf-8") as file:
                self.assertEqual(file.read(), "content")
        transfer = json.loads(result.out.splitlines()[0])["transfers"][0]
        self.assertEqual((transfer["status"], transfer["bytes"]), ("success", 7))

    def test_a_file_that_is_missing_leaves_no_directory(self):
        result = self.otto("-l", "here", "get", self.path("nonsuch"), "back")
        self.assertEqual(result.status, 1)
        self.assertIn("l1", result.err)
        self.assertEqual(os.listdir(self.path("back")) if os.path.exists(self.path("back")) else [], [])


class Endings(CommandTest):
    """Signals, closed pipes, limits."""

    def wait_for_output(self, process, text):
        seen = b""
        deadline = time.monotonic() + PATIENCE
        while text not in seen:
            ready, _, _ = select.select([process.stdout], [], [], max(0, deadline - time.monotonic()))
            self.assertTrue(ready, f"no {text!r} in {seen!r}")
            chunk = os.read(process.stdout.fileno(), 65536)
            self.assertTrue(chunk, f"no {text!r} in {seen!r}")
            seen += chunk
        return seen

    def interrupted(self, number, *arguments):
        process = self.start("-l", "./demo.yaml", *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        seen = self.wait_for_output(process, b"before")
        start = time.monotonic()
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
        self.assertLess(time.monotonic() - start, 12)
        return process.returncode, (seen + out).decode(), err.decode()

    def test_the_first_signal_prints_what_is_known_and_who_is_missing(self):
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            result, out, err = self.interrupted(number, "run", "--timeout", "1m", "hang")
            self.assertEqual(result, status, err)
            self.assertIn("a: before\n", out)
            self.assertIn("3 missing: ", err)
            for host in "abc":
                self.assertRegex(err, rf"missing: .*\b{host}\b")

    def test_a_signal_reaches_hosts_behind_the_first_of_a_fan_out(self):
        self.lab("slow", "otto: 1\nhosts:\n  a: { driver: fixture }\n"
                         "  b: { driver: fixture, open: hang }\n  c: { driver: fixture }\n")
        process = self.start("-l", "./slow.yaml", "--serial", "--format", "json", "-v", "run", "--timeout", "1m",
                             "say x", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        seen = b""
        while b"b connecting" not in seen:
            chunk = os.read(process.stderr.fileno(), 65536)
            self.assertTrue(chunk, seen)
            seen += chunk
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=PATIENCE)
        hosts = json.loads(out)
        self.assertEqual([host["status"] for host in hosts], ["success", "error", "error"])
        self.assertEqual([(host["error"] or {}).get("code") for host in hosts], [None, "cancelled", "cancelled"])
        self.assertEqual([len(host["commands"]) for host in hosts], [1, 1, 1])
        self.assertEqual(process.returncode, 130)

    def test_json_is_complete_after_a_signal(self):
        process = self.start("-l", "./demo.yaml", "--format", "json", "-v", "run", "--timeout", "1m", "say x",
                             "hang", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        seen = b""
        while seen.count(b"> hang") < 3:
            chunk = os.read(process.stderr.fileno(), 65536)
            self.assertTrue(chunk, seen)
            seen += chunk
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=PATIENCE)
        hosts = json.loads(out)
        self.assertEqual([host["host"] for host in hosts], ["a", "b", "c"])
        self.assertEqual({host["error"]["code"] for host in hosts}, {"cancelled"})
        self.assertEqual(hosts[0]["commands"][0]["output"], "x\n")
        self.assertEqual([len(host["commands"]) for host in hosts], [2, 2, 2])
        self.assertEqual(process.returncode, 130)

    def test_the_second_signal_ends_at_once(self):
        # Nobody reads: the first signal cannot finish its report at once.
        process = self.start("-l", "./demo.yaml", "run", "flood 100", stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL)
        self.wait_for_output(process, b"abcde")
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)  # two of the same kind may become one on the way
        self.assertIn(process.wait(PATIENCE), (-signal.SIGINT, -signal.SIGTERM))
        self.assertLess(time.monotonic() - start, 1.5)
        process.stdout.close()

    def test_a_reader_that_stands_still_does_not_keep_the_first_signal_from_working(self):
        process = self.start("-l", "./demo.yaml", "run", "flood 100", stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL)
        self.wait_for_output(process, b"abcde")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(20), 130)
        process.stdout.close()

    def test_control_c_on_a_terminal(self):
        leader, follower = pty.openpty()
        process = self.start("-l", "./demo.yaml", "run", "--timeout", "1m", "hang", stdout=follower, stderr=follower,
                             start_new_session=True,
                             preexec_fn=lambda: __import__("fcntl").ioctl(1, termios.TIOCSCTTY, 0))
        os.close(follower)
        seen = b""
        while b"before" not in seen:
            seen += os.read(leader, 4096)
        os.write(leader, b"\x03")
        self.assertEqual(process.wait(PATIENCE), 130)
        os.close(leader)

    def test_a_closed_pipe_ends_silently(self):
        for arguments in (["run", "flood 50"], ["--format", "jsonl", "run", "flood 1"], ["hosts"]):
            process = self.start("-l", "./demo.yaml", *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            process.stdout.close()
            err = process.stderr.read()
            process.stderr.close()
            self.assertEqual(process.wait(PATIENCE), 141)
            self.assertEqual(err, b"")

    def test_a_full_disk_is_an_error(self):
        with open("/dev/full", "wb") as full:
            process = self.start("-l", "./demo.yaml", "hosts", stdout=full, stderr=subprocess.PIPE, text=True)
            _, err = process.communicate(timeout=PATIENCE)
        self.assertIn("cannot write to standard output: No space left on device", err)
        self.assertEqual(process.returncode, 1)

    def test_a_thousand_hosts_with_few_descriptors(self):
        self.lab("many", "otto: 1\nhosts: { \"l[1-1000]\": { driver: local } }\n")
        result = self.otto("-l", "many", "exec", "echo here",
                           preexec_fn=lambda: resource.setrlimit(
                               resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
        self.assertEqual(result.err, "1000 ok\n")
        self.assertEqual(len(result.out.splitlines()), 1000)
        self.assertEqual(result.status, 0)

    @unittest.skipIf(os.environ.get("OTTO_SANITIZE"), "a sanitizer has memory of its own")
    def test_a_gigabyte_costs_little_memory(self):
        for form in ("text", "json", "jsonl"):
            with open(os.devnull, "wb") as null:
                process = self.start("-l", "./demo.yaml", "--format", form, "--hosts", "a", "run", "--timeout", "2m",
                                     "flood 1024", stdout=null, stderr=subprocess.DEVNULL)
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(process.returncode, 0)
            self.assertLess(usage.ru_maxrss, 100 * 1024, form)


if __name__ == "__main__":
    unittest.main()
