"""What all benchmarks share: the binary, throwaway mail hosts, rivals, and the table of figures."""

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import mail_host

HERE = Path(__file__).resolve().parent
USER = "sender@example.org"


class Unmeasurable(Exception):
    """A sentence: why a benchmark could not be made."""


@dataclass(frozen=True)
class Row:
    """One figure and its bar."""

    what: str
    how: str
    figure: str
    bar: str
    is_met: bool


class Bench:
    """One benchmark's folder, the Purr to measure, and what is to be tidied up after it."""

    def __init__(self, purr: Path, folder: Path, is_small: bool, cleanup: contextlib.ExitStack):
        self.purr, self.folder, self.is_small, self.cleanup = purr, folder, is_small, cleanup
        folder.mkdir()
        folder.chmod(0o755)

    def size(self, full: int) -> int:
        return max(full // 10, 1) if self.is_small else full

    # Mail hosts

    def start_host(self, **options) -> dict:
        """A running mail host of this benchmark's own, with its password in a file."""
        root = self.folder / "host"
        self.cleanup.callback(mail_host.stop, root)
        host = mail_host.start(root, **options)
        self.password_file = self.folder / "password"
        self.password_file.touch(mode=0o600)
        self.password_file.write_text(host["password"] + "\n")
        return host

    def maildir(self, host: dict, user: str = USER) -> Path:
        return Path(host["mail"]) / user / "Maildir"

    # Contenders

    def measure(self, name: str, **options) -> dict:
        """Runs one of the binary's own benchmarks and returns its figures."""
        said = self.output(name, *self.words(options))
        return json.loads(said.splitlines()[-1])

    def output(self, name: str, *arguments) -> str:
        return run([self.purr, "dev", "bench", name, *arguments])

    def start(self, name: str, **options) -> subprocess.Popen:
        """Starts one of the binary's own benchmarks, to be read from while it runs."""
        process = subprocess.Popen(
            [self.purr, "dev", "bench", name, *self.words(options)], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, text=True)
        self.cleanup.callback(end, process)
        return process

    @staticmethod
    def words(options: dict) -> list:
        return [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]

    def compiled(self, rival: str, *libraries) -> Path:
        """A rival written in C, compiled as its users' distribution would."""
        program = self.folder / rival
        # The Swift toolchain brings clang; gcc may be missing.
        compiler = shutil.which("cc") or shutil.which("clang")
        if not compiler:
            raise Unmeasurable("there is no C compiler (cc, clang) for the rivals.")
        run([compiler, "-O2", "-o", program, HERE / f"rivals/{rival}.c", *libraries])
        return program

    def rival(self, name: str, *arguments) -> list:
        """The words that a Python rival printed."""
        return run([sys.executable, HERE / f"rivals/{name}.py", *arguments]).split()

    def started_rival(self, *command) -> subprocess.Popen:
        process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.cleanup.callback(end, process)
        return process

    # What came of it

    def not_measured(self, name: str, why: str) -> Row:
        return Row(name, why, "not measured", "", False)

    @staticmethod
    def at_least(what: str, how: str, value: float, bar: float) -> Row:
        return Row(what, how, f"{value:.2f} ×", f"≥ {bar:g} ×", value >= bar)

    @staticmethod
    def at_most(what: str, how: str, value: float, bar: float, unit: str) -> Row:
        return Row(what, how, f"{value:.3g} {unit}", f"≤ {bar:.3g} {unit}", value <= bar)


def run(command: list) -> str:
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        name = Path(str(command[0])).name
        raise Unmeasurable(f"{name} ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-500:]}")
    return done.stdout


def end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.terminate()
    process.wait()


def middle(values: list) -> float:
    return statistics.median(values)


def tell(text: str) -> None:
    print(f"  {text}", flush=True)


def table(rows: list) -> str:
    """The figures as Markdown that reads well in a terminal."""
    lines = [("what", "how it was measured", "figure", "bar", "met")]
    lines += [(row.what, row.how, row.figure, row.bar, "yes" if row.is_met else "NO") for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines)


def machine() -> str:
    """One line on what was measured on."""
    model = next(
        (line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")), os.uname().machine)
    return f"{os.cpu_count()} × {model}, Linux {os.uname().release.split('-')[0]}, {time.strftime('%Y-%m-%d')}."




def busyness() -> str:
    """Whether others used the machine meanwhile: the load tells of runs that have to be repeated."""
    return f"Load at the end: {os.getloadavg()[0]:.1f}."
