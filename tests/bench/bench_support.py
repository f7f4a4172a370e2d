"""What the benchmarks share: measuring a command, a table of results, and a private OpenSSH server."""
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time


class Sample:
    """What one run of a command took."""

    def __init__(self, text, output):
        wall, user, system, peak, status = text.split()
        self.wall, self.cpu, self.megabytes = float(wall), float(user) + float(system), int(peak) / 1024
        self.status, self.output = int(status), output


class Bench:
    def __init__(self, build, work):
        self.build, self.work = pathlib.Path(build).resolve(), pathlib.Path(work)
        self.otto = str(self.build / "bin" / "otto")
        self.samples = {}

    def run(self, name, command, env=None, keep_output=True):
        """Runs a command once and remembers what it took; ends the program if the command fails."""
        report, output = self.work / "report", self.work / "output"
        with open(output if keep_output else os.devnull, "wb") as out:
            subprocess.run([self.build / "tests" / "bench" / "measured", report, *command], stdin=subprocess.DEVNULL,
                           stdout=out, check=True, env={**os.environ, **(env or {})})
        sample = Sample(report.read_text(), output.read_text(errors="replace") if keep_output else "")
        if sample.status != 0:
            sys.exit(f"{name}: ended with status {sample.status}: {' '.join(map(str, command))}")
        self.samples.setdefault(name, []).append(sample)
        return sample

    def median(self, name, field):
        return statistics.median(getattr(sample, field) for sample in self.samples[name])

    def print_table(self, reference=None):
        title = f"   wall and cpu relative to {reference}" if reference else ""
        print(f"{'':16} {'wall s':>8} {'cpu s':>8} {'peak MB':>8}{title}")
        for name in self.samples:
            wall, cpu, peak = (self.median(name, field) for field in ("wall", "cpu", "megabytes"))
            row = f"{name:16} {wall:8.2f} {cpu:8.2f} {peak:8.1f}"
            if reference:
                row += f"   {wall / self.median(reference, 'wall'):.2f} {cpu / self.median(reference, 'cpu'):.2f}"
            print(row)


def goal(text, value, limit):
    print(f"{'met' if value <= limit else 'NOT MET':8} {text}: {value:.2f}, goal at most {limit}")


def need(*programs):
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        sys.exit(f"missing: {' '.join(missing)}; run: packaging/install-deps server bench")


def into_own_network():
    """Starts the calling script again in a network namespace of its own, where all of 127.0.0.0/8 is free."""
    if os.geteuid() != 0:
        sys.exit("this benchmark makes a network namespace and a user for its time: run it as root")
    if os.environ.get("OTTO_BENCH_NETWORK") == str(os.getppid()):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return
    need("unshare", "ip")
    environment = {**os.environ, "OTTO_BENCH_NETWORK": str(os.getpid())}
    sys.exit(subprocess.run(["unshare", "--net", sys.executable, *sys.argv], env=environment).returncode)


class PrivateServer:
    """sshd on every address and port 22 of this network namespace, for one user whose shell is /bin/dash."""

    user = "ottobench"

    def __init__(self, work):
        self.work = pathlib.Path(work)
        self.key, self.known_hosts = str(self.work / "user_key"), str(self.work / "known_hosts")
        self.process = None

    def __enter__(self):
        need("sshd", "ssh-keygen", "dash", "useradd")
        # The user's files are reached through this directory.
        self.work.chmod(0o755)
        for name in ("host_key", "user_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.work / name], check=True)
        home = self.work / "home"
        # '*': no password fits, and sshd does not take the account for locked.
        subprocess.run(["useradd", "-M", "-d", home, "-s", "/bin/dash", "-p", "*", self.user], check=True)
        try:
            home.mkdir()
            shutil.chown(home, self.user)
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        config = self.work / "sshd_config"
        config.write_text(f"""Port 22
ListenAddress 0.0.0.0
HostKey {self.work}/host_key
PidFile none
AuthorizedKeysFile {self.work}/user_key.pub
StrictModes no
AllowUsers {self.user}
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
PrintMotd no
MaxStartups 2000
MaxSessions 100
Subsystem sftp /usr/lib/openssh/sftp-server
""")
        pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        self.process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-f", config, "-E", self.work / "sshd.log"])
        for _ in range(200):
            if self.process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", 22)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError("sshd did not start: " + (self.work / "sshd.log").read_text())

    def __exit__(self, *_):
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()
        # Sessions end a moment after their client; userdel refuses while one runs.
        for _ in range(100):
            if subprocess.run(["userdel", self.user], stderr=subprocess.DEVNULL).returncode == 0:
                return
            time.sleep(0.1)
        print(f"the user {self.user} could not be removed: userdel {self.user}", file=sys.stderr)

    def know(self, addresses):
        key = " ".join((self.work / "host_key.pub").read_text().split()[:2])
        pathlib.Path(self.known_hosts).write_text("".join(f"{address} {key}\n" for address in addresses))

    def defaults(self):
        """The lab's defaults for hosts of this server, in flow style."""
        return (f"{{ driver: unix, user: {self.user}, identity_file: {self.key}, known_hosts: {self.known_hosts}, "
                "host_key_policy: strict }")

    def ssh_options(self):
        return ["-F", "none", "-o", "BatchMode=yes", "-o", f"UserKnownHostsFile={self.known_hosts}",
                "-o", "StrictHostKeyChecking=yes", "-o", "IdentitiesOnly=yes", "-i", self.key]


def work_directory():
    return tempfile.TemporaryDirectory(prefix="otto-bench-")
