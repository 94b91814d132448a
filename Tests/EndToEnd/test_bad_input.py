"""Bad input gets one clear sentence and a code of sysexits.h, and changes nothing."""

import json
import unittest

from support import CANNOT_CREATE, CONFIGURATION, DATA, IO_ERROR, NO_INPUT, NO_PERMISSION, USAGE, EndToEnd

HELLO = "---\nsubject: Hello {{contact.firstName}}\nfallbacks: { contact.firstName: there }\n---\nHello.\n"
GOOD = """\
name: intro
settings: { followUpDays: weekdays, sendWindow: "09:00-16:30" }
steps:
  - email: hello
  - { email: nudge, after: 3, replyTo: 1 }
"""


class Sequences(EndToEnd):
    def setUp(self):
        super().setUp()
        self.purr("init")
        for name in ("hello", "nudge"):
            self.purr("template", "add", self.write(f"{name}.md", HELLO))

    def test_the_good_one_is_taken(self):
        self.purr("sequence", "apply", self.write("intro.yaml", GOOD))

    def test_bad_ones(self):
        cases = {
            "an unknown key": (GOOD.replace("after: 3", "aftr: 3"), r"intro\.yaml:5.*aftr"),
            "an unknown setting": (GOOD.replace("followUpDays", "followDays"), r"intro\.yaml:2.*followDays"),
            "an unknown key at the top": (GOOD + "stpes: []\n", r"intro\.yaml:6.*stpes"),
            "a wrong type": (GOOD.replace("after: 3", "after: soon"), r"intro\.yaml:5"),
            "a list where a word belongs": (GOOD.replace("name: intro", "name: [intro]"), r"intro\.yaml:1"),
            "a step that replies to itself": (GOOD.replace("replyTo: 1", "replyTo: 2"), r"intro\.yaml:5"),
            "a step that replies to a later one": (
                GOOD + "  - { email: hello, after: 2, replyTo: 4 }\n  - { email: nudge, after: 2, replyTo: 3 }\n",
                r"intro\.yaml:6"),
            "a delay out of range": (GOOD.replace("after: 3", "after: 91"), r"intro\.yaml:5.*90"),
            "a delay below zero": (GOOD.replace("after: 3", "after: -1"), r"intro\.yaml:5"),
            "a delay beyond all numbers": (GOOD.replace("after: 3", "after: 99999999999999999999"), r"intro\.yaml:5"),
            "a window that ends before it begins": (GOOD.replace("09:00-16:30", "17:00-09:00"), r"intro\.yaml:2.*17:00-09:00"),
            "a template that is not there": (GOOD.replace("email: nudge", "email: nudgge"), r"nudgge"),
            "no YAML": ("name: [intro\nsteps: }\n", r"intro\.yaml"),
            "nothing": ("", r"intro\.yaml"),
            "bytes that are no text": (b"name: \xff\xfe\x00\n", r"intro\.yaml"),
        }
        for name, (text, says) in cases.items():
            with self.subTest(name):
                self.refuses("sequence", "apply", self.write("intro.yaml", text), codes=(DATA,), says=says)

    def test_a_file_that_is_not_there(self):
        self.refuses("sequence", "apply", self.folder / "absent.yaml", codes=(NO_INPUT,), says=r"absent\.yaml")


class Templates(EndToEnd):
    def setUp(self):
        super().setUp()
        self.purr("init")

    def test_bad_ones(self):
        cases = {
            "an unknown token": ("---\nsubject: Hi\n---\nHello {{contact.frstName}}.\n", "frstName"),
            "an unknown token in the subject": ("---\nsubject: Hi {{contact.frstName}}\n---\nHello.\n", "frstName"),
            "an unclosed tag": ("---\nsubject: Hi\n---\nHello {{contact.firstName.\n", r"hello\.md"),
            "a line end in the subject": ('---\nsubject: "Hi\\r\\nBcc: eve@example.org"\n---\nHello.\n', "subject"),
            "a NUL in the subject": ('---\nsubject: "Hi\\0"\n---\nHello.\n', "subject"),
            "front matter that is not closed": ("---\nsubject: Hi\nHello.\n", r"hello\.md"),
            "an unknown key": ("---\nsubjct: Hi\n---\nHello.\n", "subjct"),
        }
        for name, (text, says) in cases.items():
            with self.subTest(name):
                self.refuses("template", "add", self.write("hello.md", text), codes=(DATA,), says=says)


class Contacts(EndToEnd):
    def setUp(self):
        super().setUp()
        self.purr("init")

    def listed(self) -> list:
        return json.loads(self.purr("contact", "list", "--json"))

    def emails(self) -> set:
        return {contact["email"] for contact in self.listed()}

    def test_other_encodings_are_understood(self):
        text = "email,firstName\nkari@example.org,Kåre Ødegård\n"
        for name, content in {
            "with a byte order mark": text.encode("utf-8-sig"),
            "UTF-16": text.encode("utf-16"),
            "UTF-16 big-endian": b"\xfe\xff" + text.encode("utf-16-be"),
            "Latin-1": text.encode("latin-1"),
        }.items():
            with self.subTest(name):
                self.data = self.folder / f"data {name}"
                self.purr("init")
                self.purr("contact", "import", self.write("c.csv", content))
                self.assertEqual([c["firstName"] for c in self.listed()], ["Kåre Ødegård"])

    def test_bad_files(self):
        cases = {
            "unclosed quotes": ('email,firstName\nkari@example.org,"Kari\nola@example.org,Ola\n', r"c\.csv:2"),
            "no header": ("kari@example.org,Kari\n", r"c\.csv"),
            "nothing": ("", r"c\.csv"),
            "a spreadsheet": (b"PK\x03\x04" + bytes(range(256)) * 4, r"c\.csv"),
        }
        for name, (text, says) in cases.items():
            with self.subTest(name):
                self.refuses("contact", "import", self.write("c.csv", text), codes=(DATA,), says=says)

    def test_bad_rows_are_named_and_stay_out(self):
        cases = {
            "a duplicate by case": ("KARI@example.org,Kari", {"kari@example.org"}),
            "several addresses in a cell": ('"a@example.org, b@example.org",Two', {"kari@example.org"}),
            "no address": ("nobody,No", {"kari@example.org"}),
            "a line end in a name": ('ola@example.org,"Ola\r\nBcc: eve@example.org"', {"kari@example.org"}),
            "a line end in an address": ('"ola@example.org\r\nBcc: eve@example.org",Ola', {"kari@example.org"}),
            "a NUL in a name": ("ola@example.org,O\0la", {"kari@example.org"}),
            "an unknown zone": ("ola@example.org,Ola,Mars/X", {"kari@example.org"}),
        }
        for number, (name, (row, left)) in enumerate(cases.items()):
            with self.subTest(name):
                self.data = self.folder / f"data{number}"
                self.purr("init")
                path = self.write("c.csv", f"email,firstName,timeZone\nkari@example.org,Kari,Europe/Oslo\n{row}\n")
                ended = self.run_purr("contact", "import", path)
                self.assertIn(ended.code, (0, DATA))
                self.assertRegex(ended.err, r"c\.csv:3")
                # Either the good rows came in, or, the file refused as a whole, none did.
                self.assertIn({e.lower() for e in self.emails()}, (left, set()) if ended.code else (left,))


class Enrolling(EndToEnd):
    def setUp(self):
        super().setUp()
        self.purr("init")

    def test_what_is_not_there_is_named(self):
        self.refuses(
            "enroll", "intro", "kari@example.org", "--from", "sender@example.org",
            codes=(USAGE, DATA, NO_INPUT, CONFIGURATION), says="intro|sender@example.org|kari@example.org")

    def test_a_zone_that_does_not_exist(self):
        self.refuses(
            "enroll", "intro", "kari@example.org", "--from", "sender@example.org", "--zone", "Mars/X",
            codes=(USAGE, DATA), says="Mars/X")

    def test_a_time_that_is_none(self):
        self.refuses(
            "enroll", "intro", "kari@example.org", "--from", "sender@example.org", "--at", "tomorrowish",
            codes=(USAGE, DATA), says="tomorrowish|--at")


class LiveSequences(EndToEnd):
    """What people do to a sequence that is there already."""

    def setUp(self):
        super().setUp()
        self.purr("init")
        for name in ("hello", "nudge"):
            self.purr("template", "add", self.write(f"{name}.md", HELLO))
        self.purr("sequence", "apply", self.write("intro.yaml", GOOD))

    def apply_refuses(self, text, says):
        self.refuses("sequence", "apply", self.write("intro.yaml", text), codes=(DATA,), says=says)

    def test_a_step_that_another_one_replies_to_stays_before_it(self):
        moved = GOOD.replace(
            "  - email: hello\n  - { email: nudge, after: 3, replyTo: 1 }\n",
            "  - { email: nudge, replyTo: hello }\n  - { email: hello, id: hello, after: 3 }\n")
        self.apply_refuses(moved, r"step 1 replies")
        deleted = GOOD.replace("  - email: hello\n", "").replace("replyTo: 1", "replyTo: hello").replace("after: 3, ", "")
        self.apply_refuses(deleted, r"hello")

    def test_an_eleventh_template(self):
        for number in range(11):
            self.purr("template", "add", self.write(f"t{number}.md", HELLO))
        steps = "".join(f"  - {{ email: t{n}{', after: 1' if n else ''} }}\n" for n in range(11))
        self.apply_refuses(f"name: many\nsteps:\n{steps}", r"11|10")

    def test_a_sequence_that_somebody_changed_meanwhile(self):
        self.purr("sequence", "apply", self.write("intro.yaml", "version: 1\n" + GOOD.replace("after: 3", "after: 4")))
        self.apply_refuses("version: 1\n" + GOOD.replace("after: 3", "after: 5"), r"somebody else changed")

    def test_tasks_that_make_no_sense(self):
        cases = {
            "a priority that is none": ("priority: urgent", r"urgent"),
            "a delay out of range": ("after: 91", r"90"),
            "a hold that is neither yes nor no": ("hold: perhaps", r"hold|true"),
        }
        for name, (key, says) in cases.items():
            with self.subTest(name):
                self.apply_refuses(GOOD + f'  - {{ call: "Call them", {key} }}\n', says)

    def test_a_holiday_file_that_is_no_calendar(self):
        for text in ("email,firstName\n", "", "BEGIN:VCALENDAR\n", "PK\x03\x04"):
            with self.subTest(text):
                self.refuses("calendar", "import", "norway", self.write("no.ics", text), codes=(DATA,), says=r"no\.ics")

    def test_a_behaviour_file_with_unknown_contacts(self):
        self.refuses(
            "simulate", self.write("intro.yaml", GOOD),
            "--contacts", self.write("c.csv", "email,firstName\nola@north.test,Ola\n"),
            "--start", "2026-11-23T09:00", "--behaviour",
            self.write("b.yaml", "contacts:\n  nobody@north.test: { reply: 1 }\n"), codes=(DATA,), says="nobody@north.test|b.yaml")

    def test_a_report_on_nothing(self):
        self.refuses("report", "intr", codes=(DATA,), says="intr")
        self.refuses("report", "--campaign", "spring", codes=(DATA,), says="spring")
        self.refuses("report", "intro", "--campaign", "spring", codes=(USAGE,), says="both")
        for option in ("--from", "--to"):
            for day in ("soon", "2026-02-30", "26-11-01", ""):
                with self.subTest(option=option, day=day):
                    self.refuses("report", "intro", option, day, codes=(USAGE,), says=option)
        self.refuses("report", "--from", "2026-11-02", "--to", "2026-11-01", codes=(USAGE,), says="before")

    def test_a_table_that_cannot_be_written(self):
        for path in (self.folder / "absent" / "r.csv", self.folder):
            with self.subTest(path):
                self.refuses("report", "intro", "--csv", path, codes=(IO_ERROR, CANNOT_CREATE, NO_PERMISSION), says="written")

    def test_conditions_that_mean_nothing(self):
        for condition in (
            "", "company", "company = ", "= Nord", "company = Nord Oest", "compny = Nord", "lastReplied > soon",
            "currentlyInSequence = maybe", "numberOfSequences > many", "(company = Nord", 'company = "Nord',
            "lastReplied contains 2026", "(" * 10_000,
        ):
            with self.subTest(condition):
                self.refuses("contact", "list", "--where", condition, codes=(USAGE,), says="--where")

    def test_whom_to_enroll_is_said_once(self):
        self.refuses(
            "enroll", "intro", "ola@north.test", "--where", "email = ola@north.test", "--from", "sender@example.org",
            codes=(USAGE,), says="one of them")


class Mailboxes(EndToEnd):
    def setUp(self):
        super().setUp()
        self.purr("init")

    def add(self, address="sender@example.org", name="Sam", **options):
        return ("mailbox", "add", address, "--name", name, "--imap", options.get("imap", "localhost:9"),
                "--smtp", "localhost:9", "--password-file", self.password_file("x"))

    def test_header_values_hold_one_line(self):
        for value in ("Sam\r\nBcc: eve@example.org", "Sam\nSender", "Sam\rSender"):
            with self.subTest(value):
                self.refuses(*self.add(name=value), codes=(USAGE, DATA), says="name")
                self.refuses(*self.add(address=f"{value}@example.org"), codes=(USAGE, DATA), says="address")

    def test_a_server_without_a_port_or_with_none_that_is_one(self):
        for imap in ("localhost:0", "localhost:99999", "localhost:x", ":993"):
            with self.subTest(imap):
                self.refuses(*self.add(imap=imap), codes=(USAGE, DATA), says="imap|port|host")

    def test_a_password_is_never_an_argument(self):
        ended = self.run_purr("mailbox", "add", "--help")
        self.assertNotRegex(ended.out, r"--password(?!-)")

    def test_a_ca_that_is_none(self):
        self.refuses(*self.add(), "--ca", self.write("ca.pem", "no certificate"), codes=(DATA, CONFIGURATION, 69), says="CA|certificate|authority|ca.pem")
        self.refuses(*self.add(), "--ca", self.folder / "absent.pem", codes=(NO_INPUT, CONFIGURATION), says="absent.pem")

    def test_time_lapse_is_for_demo_folders_only(self):
        self.refuses("run", "--time-lapse", "60", codes=(USAGE, CONFIGURATION), says="demo")


if __name__ == "__main__":
    unittest.main()
