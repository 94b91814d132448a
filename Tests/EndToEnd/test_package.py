"""The Debian package, in a fresh root: installed, used, upgraded, removed, purged."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import BINARY, EndToEnd, project

# Runs in a mount namespace of its own: the machine's files below, everything written above them.
_ROOM = """
set -e
mount -t tmpfs tmpfs "$1"
mkdir "$1/up" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/up,workdir=$1/work" "$1/root"
mount --bind /proc "$1/root/proc"
mount --bind /dev "$1/root/dev"
cp "$2" "$1/root/tmp/purr.deb"
chroot "$1/root" /bin/sh -e -c "$3"
"""


class Package(EndToEnd):
    seconds = 30  # of which most is the packing

    @classmethod
    def setUpClass(cls):
        made = subprocess.run([project / "scripts/package"], capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
        cls.package = project / re.search(r"package: (\S+\.deb)", made.stdout).group(1)

    def in_fresh_root(self, script: str) -> str:
        room = Path(tempfile.mkdtemp(prefix="purr-room-"))
        self.addCleanup(shutil.rmtree, room, ignore_errors=True)
        done = subprocess.run(
            ["unshare", "--mount", "--propagation", "private", "bash", "-c", _ROOM, "room", room, self.package, script],
            capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"})
        self.assertEqual(done.returncode, 0, f"{done.stdout}\n{done.stderr}")
        return done.stdout

    @unittest.skipIf(os.geteuid() != 0, "needs root for a root of its own; make test runs it so")
    def test_is_installed_used_upgraded_and_removed(self):
        out = self.in_fresh_root("""
            dpkg -i /tmp/purr.deb > /dev/null
            echo "rights $(stat -c '%U %a' /var/lib/purr) $(stat -c '%U %a' /var/lib/purr/key)"
            as_purr() { setpriv --reuid=purr --regid=purr --clear-groups env PURR_DATA=/var/lib/purr "$@"; }
            as_purr purr settings > /dev/null
            # exec: what is stopped below must be Purr itself, and no shell around it.
            ( exec setpriv --reuid=purr --regid=purr --clear-groups env PURR_DATA=/var/lib/purr \\
                purr run > /dev/null 2> /tmp/log ) & daemon=$!
            for try in $(seq 100); do grep -q 'Purr runs' /tmp/log && break; sleep 0.1; done
            kill -TERM $daemon; wait $daemon; echo "stopped $?"
            grep -c 'Purr stops' /tmp/log
            key=$(sha256sum /var/lib/purr/key)
            dpkg -i /tmp/purr.deb > /dev/null
            [ "$key" = "$(sha256sum /var/lib/purr/key)" ] && echo "kept over an upgrade"
            man -w purr-mailbox-add > /dev/null 2>&1 || test -e /usr/share/man/man1/purr-mailbox-add.1.gz
            dpkg -r purr > /dev/null
            [ -e /var/lib/purr/purr.db ] && [ ! -e /usr/bin/purr ] && echo "kept over a removal"
            dpkg -P purr > /dev/null
            [ ! -e /var/lib/purr ] && ! getent passwd purr && echo "gone after a purge"
            """)
        for line in ("rights purr 700 purr 600", "stopped 0", "kept over an upgrade", "kept over a removal",
                     "gone after a purge"):
            self.assertIn(line, out)

    def test_needs_no_swift_and_names_what_it_needs(self):
        linked = subprocess.run(["ldd", BINARY], capture_output=True, text=True).stdout
        self.assertNotIn("libswift", linked)
        control = subprocess.run(["dpkg-deb", "-f", self.package, "Depends"], capture_output=True, text=True).stdout
        for library in ("libcurl4", "libetpan20", "libsqlite3-0", "libical3", "libc-ares2", "libcmark0"):
            self.assertIn(library, control)

    def test_the_unit_is_one_that_systemd_understands(self):
        if analyze := shutil.which("systemd-analyze"):
            done = subprocess.run(
                [analyze, "verify", "--man=no", project / "packaging/purr.service"], capture_output=True, text=True)
            self.assertNotRegex(done.stderr, r"Unknown|Failed to parse|Invalid")
        unit = (project / "packaging/purr.service").read_text()
        for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "User=purr"):
            self.assertIn(line, unit)


if __name__ == "__main__":
    unittest.main()
