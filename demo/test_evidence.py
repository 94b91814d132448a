"""Reading the servers' logs and mailboxes."""

import tempfile
import unittest
from pathlib import Path

import evidence

POSTFIX = """\
Nov 23 14:58:39 mail postfix/smtpd[41]: 4jY8G76J4zz2NKh8: client=unknown[127.0.0.1], sasl_method=PLAIN, sasl_username=sender@example.org
Nov 23 14:58:39 mail postfix/cleanup[48]: 4jY8G76J4zz2NKh8: message-id=<m1@example.org>
Nov 23 14:58:39 mail postfix/qmgr[37]: 4jY8G76J4zz2NKh8: from=<sender@example.org>, size=465, nrcpt=2 (queue active)
Nov 23 14:58:39 mail postfix/lmtp[49]: 4jY8G76J4zz2NKh8: to=<sender+filed-by-the-provider@example.org>, relay=127.0.0.1[127.0.0.1]:30803, delay=0.029, delays=0.0077/0.0094/0.0021/0.01, dsn=2.0.0, status=sent (250 2.0.0 Saved)
Nov 23 14:58:39 mail postfix/lmtp[49]: 4jY8G76J4zz2NKh8: to=<ann@north.test>, relay=127.0.0.1[127.0.0.1]:30803, delay=0.029, delays=0.0077/0.0094/0.0021/0.01, dsn=4.2.0, status=deferred (450 busy)
Nov 23 15:03:39 mail postfix/lmtp[49]: 4jY8G76J4zz2NKh8: to=<ann@north.test>, relay=127.0.0.1[127.0.0.1]:30803, delay=300, delays=0.0077/300/0.0021/0.01, dsn=2.0.0, status=sent (250 2.0.0 Saved)
Nov 23 14:59:05 mail postfix/smtpd[41]: 4jY8Gd4JRFz2NKxT: client=unknown[127.0.0.1], sasl_method=PLAIN, sasl_username=ann@north.test
Nov 23 14:59:05 mail postfix/cleanup[48]: 4jY8Gd4JRFz2NKxT: message-id=<a1@north.test>
Nov 23 14:59:05 mail postfix/lmtp[49]: 4jY8Gd4JRFz2NKxT: to=<sender@example.org>, relay=x, delay=0.056, delays=0.049/0.00055/0.00086/0.0064, dsn=2.0.0, status=sent (250 Saved)
"""

DOVECOT = """\
2026-11-23 14:59:05.663394 lmtp(sender@example.org)<10612><mIcYJ7lUBGt0KQAAg+zDdQ>: Info: sieve: msgid=<a1@north.test>: stored mail into mailbox 'INBOX'
2026-11-23 14:59:06.100000 lmtp(sender@example.org)<10612><x>: Info: sieve: msgid=<a2@north.test>: fileinto action: stored mail into mailbox 'Customers'
2026-11-23 14:59:07.000000 lmtp(ann@north.test)<10612><x:R2>: Info: sieve: msgid=<m1@example.org>: stored mail into mailbox 'INBOX'
2026-11-23 14:58:00.000000 imap-login: Info: Login: user=<sender@example.org>, method=PLAIN, rip=127.0.0.1, lip=127.0.0.1, mpid=9, TLS, session=<x>
"""

MAIL = """\
From: Sam Sender <sender@example.org>
To: ann@north.test
Subject: Re: A question
Message-ID: <m2@example.org>
In-Reply-To: <m1@example.org>
References: <root@example.org>
 <m1@example.org>

Hello, this is the second
mail of three.

> this is the first mail of three
"""


class PostfixLog(unittest.TestCase):
    def test_a_long_queue_id_holds_the_instant_of_its_making(self):
        # 2026-11-23 14:58:39 UTC, the second of the log's own line.
        self.assertEqual(int(evidence.queue_time("4jY8G76J4zz2NKh8")), 1795445919)
        self.assertEqual(int(evidence.queue_time("4jY8Gd4JRFz2NKxT")), 1795445945)

    def test_counts_a_message_once_whatever_its_deliveries_and_copies(self):
        mails = evidence.accepted_mail(POSTFIX)
        self.assertEqual([(m.message_id, m.recipient, m.status) for m in mails],
                         [("<m1@example.org>", "ann@north.test", "sent")])
        self.assertAlmostEqual(mails[0].accepted - mails[0].started, 0.0077)

    def test_what_others_submit_is_not_the_senders(self):
        self.assertEqual([m.recipient for m in evidence.accepted_mail(POSTFIX, "ann@north.test")],
                         ["sender@example.org"])


class DovecotLog(unittest.TestCase):
    def test_tells_when_and_where_each_message_was_stored(self):
        stored = evidence.stored_mail(DOVECOT)
        self.assertEqual(stored["<a2@north.test>"], (1795445946.1, "Customers"))
        self.assertEqual(set(stored), {"<a1@north.test>", "<a2@north.test>"})

    def test_tells_the_logins(self):
        self.assertEqual(len(evidence.logins(DOVECOT)), 1)
        self.assertEqual(evidence.logins(DOVECOT, "ann@north.test"), [])


class Mailboxes(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.maildir = Path(folder.name)
        for place in ("new", ".Customers/cur"):
            (self.maildir / place).mkdir(parents=True)

    def test_a_step_is_known_by_its_own_words_and_not_by_the_quote(self):
        (self.maildir / "new/1").write_text(MAIL)
        mail, = evidence.received_mail(self.maildir, "ann@north.test")
        self.assertEqual((mail.step, mail.in_reply_to), (2, "<m1@example.org>"))
        self.assertEqual(mail.references, ("<root@example.org>", "<m1@example.org>"))

    def test_replies_are_found_in_every_folder_and_machines_are_not_people(self):
        (self.maildir / ".Customers/cur/1").write_text(
            "From: Ben <ben.at.home@home.test>\nMessage-ID: <b@home.test>\n\nYes.\n")
        (self.maildir / "new/2").write_text(
            "From: david@west.test\nMessage-ID: <d@west.test>\nAuto-Submitted: auto-replied\n\nAway.\n")
        reply, = evidence.replies(self.maildir, {"<b@home.test>": (5.0, "Customers")})
        self.assertEqual((reply.contact, reply.stored, reply.folder), ("ben@south.test", 5.0, "Customers"))


if __name__ == "__main__":
    unittest.main()
