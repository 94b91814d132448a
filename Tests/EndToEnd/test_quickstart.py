"""The commands of docs/quickstart.md, as they stand there, on a mail host."""

import re
import subprocess
import time
import unittest

from support import BINARY, EndToEnd, project, start_host

KARI, OLA = "kari@example.org", "ola@example.com"


class QuickStart(EndToEnd):
    def test_what_the_page_says_works(self):
        page = (project / "docs/quickstart.md").read_text()
        blocks = re.findall(r"^```\n(.*?)^```$", page, re.S | re.M)
        host = start_host(self, users=[KARI, OLA], files_sent=[KARI])
        tools = self.folder / "bin"
        tools.mkdir()
        (tools / "purr").symlink_to(BINARY)
        environment = {"PURR_DATA": str(self.data), "PATH": f"{tools}:/usr/bin:/bin", "LC_ALL": "C.UTF-8",
                       "HOME": str(self.folder)}

        def shell(script: str, codes=(0,)) -> str:
            done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, timeout=120, env=environment,
                                  stdin=subprocess.DEVNULL)
            self.assertIn(done.returncode, codes, f"{script}\n{done.stdout}{done.stderr}")
            return done.stdout

        shell("purr init")
        servers = (f"--imap localhost:{host['imaps']} --smtp localhost:{host['submissions']} --ca {host['ca']} "
                   f"--password-file {self.password_file(host['password'])}")
        connect = next(block for block in blocks if block.startswith("purr mailbox add"))
        self.assertIn("is connected", shell(connect.strip() + f" {servers}"))
        care = next(block for block in blocks if block.startswith("purr mailbox set"))
        # Name servers know nothing good of example.org, which is none of this test's business.
        self.assertIn("beginning with 10", shell(care.replace("purr doctor", "purr doctor --offline")))
        write = next(block for block in blocks if block.startswith("mkdir"))
        said = shell(write.replace("/tmp/first", str(self.folder / "first")))
        self.assertIn("Who at Nord AS looks after this?", said)
        self.assertIn("question: created with 2 steps", said)
        go = next(block for block in blocks if "purr enroll" in block)
        said = shell(go)
        self.assertIn(f"✓ {OLA}", said)
        self.start_daemon()
        # The mail to Kari alone does not wait for a window.
        mailbox = host["folder"]
        self.until(lambda: "A question about Nord AS" in self.received(mailbox), 60, "the test mail")
        self.assertIn(OLA, self.purr("upcoming"))

    def received(self, folder) -> str:
        found = subprocess.run(["grep", "-rhs", "^Subject:", folder], capture_output=True, text=True).stdout
        time.sleep(0.3)
        return found


if __name__ == "__main__":
    unittest.main()
