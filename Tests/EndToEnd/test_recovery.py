"""Backups: made while Purr runs, refused where they are no good, put back whole; kill -9 in the middle."""

import os
import shutil
import signal
import sqlite3
import subprocess
import time
import unittest

from support import BINARY, CANNOT_CREATE, DATA, EndToEnd, TRY_LATER, USAGE


class Backups(EndToEnd):
    def setUp(self):
        super().setUp()
        self.purr("init")
        people = self.write("people.csv", "email,firstName\n" + "".join(
            f"p{number}@example.org,Kim\n" for number in range(2_000)))
        self.purr("contact", "import", people)
        self.file = self.folder / "backup.db"

    def count(self, path) -> int:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            found = database.execute("SELECT count(*) FROM contact").fetchone()[0]
        database.close()
        return found

    def test_while_the_daemon_runs_and_back(self):
        self.start_daemon()
        self.purr("backup", self.file)
        self.assertEqual(self.count(self.file), 2_000)
        self.assertEqual(os.stat(self.file).st_mode & 0o077, 0)
        self.refuses("restore", self.file, codes={TRY_LATER}, says="daemon")

    def test_restore_keeps_what_was_there(self):
        self.purr("backup", self.file)
        more = self.write("more.csv", "email,firstName\nlate@example.org,Kim\n")
        self.purr("contact", "import", more)
        self.purr("restore", self.file)
        self.assertEqual(self.count(self.data / "purr.db"), 2_000)
        aside = [path for path in self.data.iterdir() if path.name.startswith("purr.db.replaced-")]
        self.assertEqual([self.count(path) for path in aside], [2_001])

    def test_into_an_empty_folder_with_the_key(self):
        self.purr("backup", "--with-key", self.file)
        key = (self.data / "key").read_bytes()
        shutil.rmtree(self.data)
        self.purr("restore", self.file)
        self.assertEqual((self.data / "key").read_bytes(), key)
        self.assertNotIn(key, (self.data / "purr.db").read_bytes())

    def test_the_key_is_in_it_only_when_asked(self):
        self.purr("backup", self.file)
        self.assertNotIn((self.data / "key").read_bytes(), self.file.read_bytes())

    def test_is_never_written_over_what_is_there(self):
        self.file.write_text("precious")
        self.refuses("backup", self.file, codes={CANNOT_CREATE}, says="--force")
        self.assertEqual(self.file.read_text(), "precious")
        self.refuses("backup", "--force", self.data / "purr.db", codes={USAGE}, says="runs on")
        self.purr("backup", "--force", self.file)
        self.assertEqual(self.count(self.file), 2_000)

    def test_bad_backups_are_refused(self):
        self.purr("backup", self.file)
        whole = self.file.read_bytes()
        self.file.write_bytes(whole[: len(whole) // 2])
        self.refuses("restore", self.file, codes={DATA}, says="cut off or damaged")
        self.file.write_bytes(whole)
        with sqlite3.connect(self.file) as database:
            database.execute("INSERT INTO schema_version VALUES (999)")
        database.close()
        self.refuses("restore", self.file, codes={DATA}, says="newer Purr")
        other = self.folder / "other.db"
        with sqlite3.connect(other) as database:
            database.execute("CREATE TABLE t (a)")
        database.close()
        self.refuses("restore", other, codes={DATA}, says="no backup of Purr")
        self.assertEqual(self.count(self.data / "purr.db"), 2_000)

    def test_killed_in_the_middle(self):
        self.purr("backup", self.file)
        for step in range(12):
            for arguments in (["backup", "--force", self.file], ["restore", self.file]):
                process = subprocess.Popen(
                    [BINARY, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL, env={**os.environ, "PURR_DATA": str(self.data)})
                time.sleep(step * 0.01)
                process.send_signal(signal.SIGKILL)
                process.wait()
                self.assertEqual(self.count(self.file), 2_000)
                self.assertEqual(self.count(self.data / "purr.db"), 2_000)
        self.purr("backup", "--force", self.file)
        self.purr("restore", self.file)


if __name__ == "__main__":
    unittest.main()
