"""A submission server with TLS and logins before Postfix's `smtp-sink`, which has neither.

Dovecot's own, which passes each command on to the sink and each answer back: the same front for all who send
through it.
"""

import os
import socket
import subprocess
import time
from pathlib import Path

from measure import Bench, Unmeasurable, end

MODULE = "/usr/lib/dovecot/submission"


def start_sink(bench: Bench) -> int:
    """The port of a running `smtp-sink`."""
    port = free_port()
    process = subprocess.Popen(
        ["/usr/sbin/smtp-sink", "-u", "nobody", f"127.0.0.1:{port}", "1000"], stdin=subprocess.DEVNULL)
    bench.cleanup.callback(end, process)
    wait_until_open(port)
    return port


def start_front(bench: Bench, host: dict, sink: int) -> int:
    """The port, with TLS from the first byte, of a submission server before the sink."""
    if not os.access(MODULE, os.X_OK):
        raise Unmeasurable("Dovecot's submission server is missing: apt-get install dovecot-submissiond.")
    port = free_port()
    root = bench.folder / "front"
    (root / "run").mkdir(parents=True)
    (root / "state").mkdir()
    root.chmod(0o755)
    (root / "dovecot.conf").write_text(configuration(root, Path(host["folder"]), host["certs"], port, sink))
    with open(root / "start.log", "wb") as log:
        process = subprocess.Popen(
            ["/usr/sbin/dovecot", "-F", "-c", root / "dovecot.conf"], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    bench.cleanup.callback(end, process)
    wait_until_open(port)
    return port


def relayed(bench: Bench) -> int:
    """How many mails the front has passed on so far, by its log."""
    time.sleep(0.2)
    return (bench.folder / "front/dovecot.log").read_text(errors="replace").count("Successfully relayed message")


def configuration(root: Path, host: Path, certs: str, port: int, sink: int) -> str:
    return f"""\
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
protocols = submission
listen = 127.0.0.1
hostname = mail.example.org
submission_relay_host = 127.0.0.1
submission_relay_port = {sink}
ssl = required
ssl_cert = <{certs}/server.pem
ssl_key = <{certs}/server.key
auth_mechanisms = plain login
mail_uid = mail
mail_gid = mail
first_valid_uid = 1
mail_max_userip_connections = 2000
mail_location = maildir:~/Maildir
passdb {{
  driver = passwd-file
  args = username_format=%Lu {host}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%Lu {host}/users
  default_fields = home={root}/state/%Lu
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
service submission-login {{
  chroot =
  service_count = 0
  inet_listener submission {{
    port = 0
  }}
  inet_listener submissions {{
    port = {port}
    ssl = yes
  }}
}}
service submission {{
  process_limit = 200
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_open(port: int, limit: float = 15) -> None:
    until = time.monotonic() + limit
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise Unmeasurable(f"nothing listens on port {port} within {limit:.0f} s")
