"""Many contacts at once: enrolling and rehearsing them."""

import os
import subprocess
import time

from measure import USER, Bench, Unmeasurable, tell

ENROLLED = 100_000
REHEARSED, STEPS = 1_000, 10
MOST_SECONDS, MOST_MEMORY = 10.0, 256  # s, MB
TEMPLATE = "---\nsubject: About {{contact.company}}\n---\nHello {{contact.firstName}},\n\nshall we talk?\n"


def bulk(bench: Bench) -> list:
    """100,000 contacts enrolled in one call, and a rehearsal of 1,000 over ten steps."""
    data = bench.folder / "data"
    enrolled, rehearsed = bench.size(ENROLLED), bench.size(REHEARSED)
    steps = "".join(f"  - {{ email: hello, after: {2 if number else 0} }}\n" for number in range(STEPS))
    (bench.folder / "hello.md").write_text(TEMPLATE)
    (bench.folder / "long.yaml").write_text(f"name: long\nsteps:\n{steps}")
    (bench.folder / "password").write_text("secret\n")
    for name, count in (("many", enrolled), ("some", rehearsed)):
        rows = (f"person{number}@company{number % 997}.test,Ann,Company {number % 997}" for number in range(count))
        (bench.folder / f"{name}.csv").write_text("\n".join(["email,firstName,company", *rows]) + "\n")

    def purr(*arguments) -> tuple:
        """The seconds and the megabytes that a command took."""
        start = time.monotonic()
        with open(bench.folder / "said", "wb") as said:
            process = subprocess.Popen(
                [str(word) for word in (bench.purr, *arguments, "--data", data)], stdin=subprocess.DEVNULL,
                stdout=said, stderr=said)
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise Unmeasurable(f"purr {arguments[0]}: {(bench.folder / 'said').read_text(errors='replace')[-300:]}")
        return time.monotonic() - start, usage.ru_maxrss / 1024

    purr("init")
    purr("mailbox", "add", USER, "--no-check", "--password-file", bench.folder / "password",
         "--imap", "localhost:1", "--imap-security", "tls", "--smtp", "localhost:1", "--smtp-security", "tls")
    purr("template", "add", bench.folder / "hello.md")
    purr("sequence", "apply", bench.folder / "long.yaml")
    seconds, memory = purr("enroll", "long", "--file", bench.folder / "many.csv", "--from", USER, "--zone", "UTC")
    lines = (bench.folder / "said").read_bytes().count(b"\n")
    if lines < enrolled:
        raise Unmeasurable(f"enrolling {enrolled:,} contacts printed {lines:,} lines")
    tell(f"{enrolled:,} contacts imported and enrolled in {seconds:.1f} s, {memory:.0f} MB")
    rehearsal, _ = purr("simulate", bench.folder / "long.yaml", "--contacts", bench.folder / "some.csv",
                        "--start", "2026-12-01 09:00", "--json")
    tell(f"{rehearsed:,} contacts over {STEPS} steps rehearsed in {rehearsal:.1f} s")
    return [
        bench.at_most(
            "enrolling a file, memory", f"{enrolled:,} contacts imported and enrolled in one call, a line each, in "
            f"{seconds:.0f} s: {enrolled / seconds:,.0f}/s", memory, MOST_MEMORY, "MB"),
        bench.at_most(
            "rehearsing a sequence", f"`purr simulate` of {rehearsed:,} contacts over {STEPS} steps", rehearsal,
            MOST_SECONDS, "s"),
    ]
