"""Starting and stopping a host, and the small things done to one while it runs."""

import grp
import json
import os
import pwd
import random
import secrets
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import time
from pathlib import Path

from . import certificates, configuration
from .configuration import MAIL_USER, Options, Ports

START_LIMIT = 20.0  # seconds
STOP_LIMIT = 5.0

_children = []  # Dovecot's masters that this process started, to be reaped


class Failure(Exception):
    """A sentence for a person: what is wrong and what to do."""


def start(folder, **options) -> dict:
    """Starts a host in a new or empty folder and returns what `host.json` there says.

    Ports are chosen free; should somebody take one in between, others are tried.

    - options: the fields of `configuration.Options`.
    """
    root = Path(folder).resolve()
    chosen = Options(**options)
    _check(root, chosen)
    root.mkdir(parents=True, exist_ok=True)
    root.chmod(0o755)  # Dovecot's and Postfix's own users pass through
    for name in ("certs", "log", "mail", "dovecot/run", "dovecot/state", "postfix/queue", "postfix/data"):
        (root / name).mkdir(parents=True)
    certificates.make(root / "certs")
    _give(root / "mail", MAIL_USER)
    _give(root / "postfix/data", "postfix")
    password = secrets.token_hex(10)
    last = None
    for _ in range(4):
        ports = _free_ports()
        configuration.write(root, chosen, ports, password)
        try:
            _compile_sieve(root, root / "sieve/before.sieve")
            processes = _launch(root, chosen, ports)
            break
        except Failure as failure:
            last = failure
            _end_processes(root)
    else:
        raise last
    host = {
        "folder": str(root), **vars(ports), "ca": str(root / "certs/ca.pem"), "certs": str(root / "certs"),
        "password": password, "users": list(chosen.users), "mail": str(root / "mail"),
        "postfixLog": str(root / "log/postfix.log"), "dovecotLog": str(root / "log/dovecot.log"),
        "pids": processes,
    }
    written = root / "host.json.new"
    written.touch(mode=0o600)
    written.write_text(json.dumps(host, indent=2) + "\n")
    if caller := os.environ.get("SUDO_UID"):
        os.chown(written, int(caller), -1)
    written.rename(root / "host.json")
    return host


def become_root() -> None:
    """Starts the running program anew through sudo, unless it is root's already; returns where that cannot be."""
    if os.geteuid() != 0 and shutil.which("sudo") and subprocess.run(["sudo", "true"]).returncode == 0:
        os.execvp("sudo", ["sudo", "env", f"PATH={os.environ['PATH']}", sys.executable, *sys.argv])


def read(folder) -> dict:
    """What `host.json` says of the host in a folder."""
    path = Path(folder) / "host.json"
    if not path.exists():
        raise Failure(f"{folder} holds no mail host: start one with `scripts/mailhost start {folder}`.")
    return json.loads(path.read_text())


def status(folder) -> bool:
    """Whether both servers of the host in this folder answer."""
    host = read(folder)
    return all(_greets(host[name]) for name in ("imap", "lmtp", "smtp", "submission"))


def stop(folder) -> None:
    """Ends every process of the host, also after a crash of one of them. The files stay."""
    root = Path(folder).resolve()
    _end_processes(root)
    (root / "host.json").unlink(missing_ok=True)


def deliver(folder, user: str, message: bytes, sender: str = "") -> None:
    """Hands one message to the LMTP server for a user, as the last hop would.

    - sender: The envelope sender, empty for automatic mail.
    """
    with smtplib.LMTP("127.0.0.1", read(folder)["lmtp"]) as lmtp:
        try:
            lmtp.sendmail(sender, [user], message)
        except smtplib.SMTPException as failure:
            raise Failure(f"the LMTP server refused the message for {user}: {failure}") from failure


def install_sieve(folder, user: str, script: str) -> None:
    """Makes a Sieve script the active one of a user."""
    host = read(folder)
    if user not in host["users"]:
        raise Failure(f"{user} is not a user of this host; there are {', '.join(host['users'])}.")
    home = Path(host["mail"]) / user.lower()
    home.mkdir(exist_ok=True)
    path = home / ".dovecot.sieve"
    path.write_text(script)
    try:
        _compile_sieve(Path(folder), path)
    except Failure:
        path.unlink()
        raise
    for made in (home, path, path.with_suffix(".svbin")):
        _give(made, MAIL_USER)


def _compile_sieve(root: Path, script: Path) -> None:
    done = subprocess.run(["sievec", "-c", root / "dovecot.conf", script], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"the Sieve script {script} is wrong: {done.stderr.strip()}")


def _check(root: Path, options: Options) -> None:
    if os.geteuid() != 0:
        raise Failure("a mail host can only be started by root: Postfix and Dovecot change users themselves.")
    for program in ("/usr/sbin/dovecot", "/usr/sbin/postfix", "/usr/bin/openssl", "/usr/bin/sievec"):
        if not os.access(program, os.X_OK):
            raise Failure(f"{program} is missing: run scripts/setup.")
    if root.exists() and any(root.iterdir()):
        raise Failure(f"{root} is not empty: stop what runs there (`scripts/mailhost stop {root}`) and remove it.")
    if len(str(root)) > 60:
        raise Failure(f"{root} is too long a path for the servers' sockets: use a shorter one.")
    for parent in root.parents:
        if parent.exists() and not parent.stat().st_mode & 0o001:
            raise Failure(f"the servers' users cannot pass through {parent}: use a folder under /tmp.")
    if options.certificate not in certificates.KINDS:
        raise Failure(f"no certificate is called {options.certificate}: take one of {', '.join(certificates.KINDS)}.")
    strange = set(options.files_sent) - set(options.users)
    if strange:
        raise Failure(f"sent mail can be filed only for users of the host, not for {', '.join(sorted(strange))}.")


def _launch(root: Path, options: Options, ports: Ports) -> dict:
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC"}
    with open(root / "log/start.log", "ab") as log:
        # The masters keep what they inherit for ever: a pipe of the caller's would never close.
        quiet = dict(
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, cwd=root,
            start_new_session=True)
        dovecot = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", root / "dovecot.conf"], **quiet)
        postfix = subprocess.run(["/usr/sbin/postfix", "-c", root / "postfix/etc", "start"], **quiet)
    _children.append(dovecot)
    expected = [port for name, port in vars(ports).items() if options.starttls or name not in _IMPLICIT]
    limit = time.monotonic() + START_LIMIT
    while not all(_accepts(port) for port in expected):
        if postfix.returncode != 0 or dovecot.poll() is not None or time.monotonic() > limit:
            said = _tail(root / "log/start.log") + _tail(root / "log/dovecot.log") + _tail(root / "log/postfix.log")
            raise Failure(f"the mail host did not start; its logs end with:\n{said}")
        time.sleep(0.02)
    master = int((root / "postfix/queue/pid/master.pid").read_text())
    return {"dovecot": dovecot.pid, "postfix": master}


_IMPLICIT = ("imaps", "submissions")


def _free_ports() -> Ports:
    """Below the range that the kernel gives to outgoing connections, which could take one meanwhile."""
    free = []
    while len(free) < 6:
        port = random.randint(15000, 31999)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in free:
            free.append(port)
    return Ports(*free)


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            return bool(connection.recv(1))
    except OSError:
        return False


def _end_processes(root: Path) -> None:
    """Asks all of them to end, then insists.

    They are known by their program and their working folder, so that none escapes whose master crashed.
    """
    for number in (signal.SIGTERM, signal.SIGKILL):
        limit = time.monotonic() + STOP_LIMIT
        while found := _processes(root):
            for process in found:
                try:
                    os.kill(process, number)
                except ProcessLookupError:
                    pass
            if time.monotonic() > limit:
                break
            time.sleep(0.05)
    _children[:] = [child for child in _children if child.poll() is None]
    left = _processes(root)
    if left:
        raise Failure(f"processes {left} of the host in {root} do not end.")


def _processes(root: Path) -> list:
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            program, folder = os.readlink(entry / "exe"), os.readlink(entry / "cwd")
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        ours = Path(folder) == root or root in Path(folder).parents
        if ours and state != "Z" and program.startswith(("/usr/sbin/dovecot", "/usr/lib/dovecot/", "/usr/lib/postfix/")):
            found.append(int(entry.name))
    return found


def _give(path: Path, user: str) -> None:
    entry = pwd.getpwnam(user)
    shutil.chown(path, entry.pw_uid, grp.getgrgid(entry.pw_gid).gr_gid)


def _tail(path: Path) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-8:]) + "\n" if path.exists() else ""
