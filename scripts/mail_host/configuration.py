"""The configuration files of Dovecot 2.3 and Postfix 3.7 for a host in one folder."""

from dataclasses import dataclass, field
from pathlib import Path

SENDER = "sender@example.org"
DEFAULT_USERS = (
    SENDER, "second@example.org", "ann@north.test", "bob@south.test", "cora@east.test", "dan@west.test",
)
MAIL_USER = "mail"  # owns the Maildirs; Dovecot serves no mail as root
FILED = "filed-by-the-provider"  # address detail under which a copy of sent mail goes to Sent

# What Dovecot 2.3.19 offers after login, in its own order; a shorter list is set by leaving some out.
CAPABILITIES = (
    "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS "
    "THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS "
    "LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS "
    "BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE"
).split()
ROLES = ("Sent", "Drafts", "Junk", "Trash", "Archive")


@dataclass
class Options:
    """What may differ from one host to the next."""

    users: list = field(default_factory=lambda: list(DEFAULT_USERS))
    domains: list = field(default_factory=list)
    """Domains beyond those of the users, for which every address is unknown."""
    files_sent: list = field(default_factory=list)
    """Addresses whose sent mail the host files in their Sent folder by itself, as Gmail does."""
    without: list = field(default_factory=list)
    """IMAP capabilities not to offer, e.g. IDLE."""
    rewrite_message_id: bool = False
    certificate: str = "server"
    starttls: bool = True
    policy: int | None = None
    """Port of a Postfix policy service, asked at RCPT, DATA and the end of data on both submission ports."""
    clients_per_process: int = 1
    """IMAP connections that share a process. Linux allows 128 inotify instances a user by default."""
    senders: dict = field(default_factory=dict)
    """Addresses and the user who may send as them; with any, nobody may send as an address that is not theirs."""
    refuses_senders_at_mail: bool = False
    """At MAIL FROM, not at RCPT TO as Postfix does by default."""
    introspection: str = ""
    """URL at which access tokens are looked up (RFC 7662); with it, XOAUTH2 and OAUTHBEARER are offered and no password is."""


@dataclass
class Ports:
    imap: int
    imaps: int
    lmtp: int
    submission: int
    submissions: int
    smtp: int


def write(root: Path, options: Options, ports: Ports, password: str) -> None:
    """Writes `dovecot.conf`, its list of users, the Sieve script that files sent mail, and Postfix's pair."""
    (root / "dovecot.conf").write_text(_dovecot(root, options, ports))
    if options.introspection:
        (root / "oauth2.conf").write_text(
            f"introspection_mode = post\nintrospection_url = {options.introspection}\n"
            "username_attribute = username\nactive_attribute = active\nactive_value = true\n")
    people = [f"{user}:{{PLAIN}}{password}:::::" for user in options.users]
    (root / "users").write_text("\n".join(people) + "\n")
    (root / "sieve").mkdir(exist_ok=True)
    (root / "sieve/before.sieve").write_text(_SIEVE_BEFORE)
    etc = root / "postfix/etc"
    etc.mkdir(parents=True, exist_ok=True)
    (etc / "main.cf").write_text(_main_cf(root, options, ports))
    (etc / "master.cf").write_text(_master_cf(root, options, ports))
    # `post-install` asks for these; the program's own copies are not configuration of this machine.
    (etc / "rewrite-message-id").write_text(
        r"/^Message-ID:\s*<([^>]+)@([^>@]+)>/ REPLACE Message-ID: <rewritten.$1@provider.test>" + "\n")


_SIEVE_BEFORE = f"""\
require ["envelope", "subaddress", "fileinto", "imap4flags"];
if envelope :detail "to" "{FILED}" {{
    fileinto :flags "\\\\Seen" "Sent";
    stop;
}}
"""


def _dovecot(root: Path, options: Options, ports: Ports) -> str:
    without = {name.upper() for name in options.without}
    if "CONDSTORE" in without:
        without.add("QRESYNC")
    capability = ""
    if without:
        capability = f"imap_capability = {' '.join(c for c in CAPABILITIES if c not in without)}"
    mailboxes = "\n".join(
        f"  mailbox {name} {{\n    auto = subscribe\n"
        + ("" if "SPECIAL-USE" in without else f"    special_use = \\{name}\n") + "  }"
        for name in ROLES)
    tls = f"""\
ssl = required
ssl_cert = <{root}/certs/{options.certificate}.pem
ssl_key = <{root}/certs/{options.certificate}.key
ssl_min_protocol = TLSv1.2""" if options.starttls else "ssl = no"
    imaps = f"inet_listener imaps {{\n    port = {ports.imaps if options.starttls else 0}\n    ssl = yes\n  }}"
    # Dovecot calls a client with the server's own address secured, and lets it log in without TLS whatever
    # `ssl` and `disable_plaintext_auth` say. Its log tells: a login over TLS has `TLS`, not `secured`.
    return f"""\
base_dir = {root}/dovecot/run
state_dir = {root}/dovecot/state
log_path = {root}/log/dovecot.log
log_timestamp = "%Y-%m-%d %H:%M:%S.%{{usecs}} "
auth_verbose = yes
protocols = imap lmtp
listen = 127.0.0.1
hostname = mail.example.org
postmaster_address = postmaster@example.org
submission_host = 127.0.0.1:{ports.smtp}
recipient_delimiter = +
disable_plaintext_auth = yes
auth_mechanisms = {"xoauth2 oauthbearer" if options.introspection else "plain login"}
{tls}
{capability}

mail_location = maildir:~/Maildir
mail_uid = {MAIL_USER}
mail_gid = {MAIL_USER}
first_valid_uid = 1
mail_max_userip_connections = 2000

namespace inbox {{
  inbox = yes
  separator = /
{mailboxes}
}}
{_passdb(root, options)}
userdb {{
  driver = passwd-file
  args = username_format=%Lu {root}/users
  default_fields = home={root}/mail/%Lu
}}

# The packaged services confine themselves to the system's base_dir; here they have their own.
service anvil {{
  chroot =
  client_limit = 4000
}}
service stats {{
  chroot =
  client_limit = 4000
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  client_limit = 2000
  process_min_avail = 1
  inet_listener imap {{
    port = {ports.imap}
  }}
  {imaps}
}}
service imap {{
  process_limit = 2000
  client_limit = {options.clients_per_process}
  service_count = {options.clients_per_process}
}}
service lmtp {{
  process_min_avail = 1
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {ports.lmtp}
  }}
}}
service auth {{
  client_limit = 6000
  unix_listener {root}/auth {{
    user = postfix
    mode = 0600
  }}
}}
protocol lmtp {{
  mail_plugins = sieve
}}
plugin {{
  sieve = file:~/sieve;active=~/.dovecot.sieve
  sieve_before = {root}/sieve/before.sieve
  sieve_vacation_min_period = 0
}}
"""


def _passdb(root: Path, options: Options) -> str:
    if options.introspection:
        return f"passdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {root}/oauth2.conf\n}}"
    return f"passdb {{\n  driver = passwd-file\n  args = username_format=%Lu {root}/users\n}}"


def _main_cf(root: Path, options: Options, ports: Ports) -> str:
    domains = sorted({user.split("@")[1] for user in options.users} | set(options.domains))
    mailboxes = ", ".join(f"{{{user}=there}}" for user in options.users)
    # The time in a long queue id and six digits of delay let a reader of the log tell to the microsecond
    # when a message was taken.
    return f"""\
compatibility_level = 3.6
config_directory = {root}/postfix/etc
queue_directory = {root}/postfix/queue
data_directory = {root}/postfix/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {root}/log/postfix.log
maillog_file_prefixes = {root}
enable_long_queue_ids = yes
delay_logging_resolution_limit = 6
myhostname = mail.example.org
mydomain = example.org
myorigin = example.org
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
local_transport = error:5.1.1 no local users
recipient_delimiter = +
virtual_mailbox_domains = {', '.join(domains)}
virtual_mailbox_maps = inline:{{ {mailboxes} }}
virtual_transport = lmtp:inet:127.0.0.1:{ports.lmtp}
default_transport = error:5.1.2 no such domain here
relay_transport = error:5.1.2 no such domain here
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
smtpd_relay_restrictions = reject_unauth_destination
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_client_message_rate_limit = 0
smtpd_client_recipient_rate_limit = 0
smtpd_sasl_type = dovecot
smtpd_sasl_path = {root}/auth
smtpd_sasl_security_options = noanonymous
smtpd_tls_chain_files = {root}/certs/{options.certificate}.key, {root}/certs/{options.certificate}.pem
smtpd_tls_loglevel = 1
smtpd_policy_service_default_action = DUNNO
smtpd_sender_login_maps = {_senders(options)}
biff = no
in_flow_delay = 0
notify_classes =
"""


def _senders(options: Options) -> str:
    if not options.senders:
        return ""
    owners = {user: user for user in options.users} | options.senders
    return f"inline:{{ {', '.join(f'{{{address}={owner}}}' for address, owner in owners.items())} }}"


def _master_cf(root: Path, options: Options, ports: Ports) -> str:
    # A recipient that does not exist is taken and comes back as a DSN, as with most providers.
    common = ["smtpd_sasl_auth_enable=yes", "smtpd_client_restrictions=permit_sasl_authenticated,reject",
              "smtpd_relay_restrictions=permit_sasl_authenticated,reject",
              "smtpd_reject_unlisted_recipient=no", "cleanup_service_name=cleanup-submission"]
    if options.senders:
        common.append("smtpd_sender_restrictions=reject_sender_login_mismatch")
    if options.refuses_senders_at_mail:
        # What is asked of a client is asked before it has logged in, then; relay restrictions bind all the same.
        common = [line for line in common if not line.startswith("smtpd_client_restrictions")]
        common.append("smtpd_delay_reject=no")
    if options.policy:
        common += [
            f"smtpd_{stage}_restrictions=check_policy_service,inet:127.0.0.1:{options.policy}"
            for stage in ("recipient", "data", "end_of_data")]
    starttls = ["smtpd_tls_security_level=encrypt", "smtpd_tls_auth_only=yes"] if options.starttls else []
    cleanup = []
    if options.files_sent:
        copies = ",".join(
            "{{{0}={1}+{2}@{3}}}".format(a, a.split("@")[0], FILED, a.split("@")[1]) for a in options.files_sent)
        cleanup.append(f"sender_bcc_maps=inline:{{{copies}}}")
    if options.rewrite_message_id:
        cleanup.append(f"header_checks=regexp:{root}/postfix/etc/rewrite-message-id")

    def service(name: str, kind: str, wake: str, limit: str, command: str, settings=()) -> str:
        private = "n" if kind in ("inet", "unix-dgram") or name in _PUBLIC else "-"
        line = f"{name} {kind} {private} - n {wake} {limit} {command}"
        return "\n".join([line, *(f"    -o {setting}" for setting in settings)])

    lines = [
        service(f"127.0.0.1:{ports.smtp}", "inet", "-", "-", "smtpd"),
        service(f"127.0.0.1:{ports.submission}", "inet", "-", "-", "smtpd", common + starttls),
        service("cleanup", "unix", "-", "0", "cleanup"),
        service("cleanup-submission", "unix", "-", "0", "cleanup", cleanup),
        service("pickup", "unix", "60", "1", "pickup"),
        service("qmgr", "unix", "300", "1", "qmgr"),
        service("tlsmgr", "unix", "1000?", "1", "tlsmgr"),
        service("bounce", "unix", "-", "0", "bounce"),
        service("defer", "unix", "-", "0", "bounce"),
        service("trace", "unix", "-", "0", "bounce"),
        service("verify", "unix", "-", "1", "verify"),
        service("flush", "unix", "1000?", "0", "flush"),
        service("proxymap", "unix", "-", "-", "proxymap"),
        service("rewrite", "unix", "-", "-", "trivial-rewrite"),
        service("showq", "unix", "-", "-", "showq"),
        service("error", "unix", "-", "-", "error"),
        service("retry", "unix", "-", "-", "error"),
        service("lmtp", "unix", "-", "-", "lmtp"),
        service("anvil", "unix", "-", "1", "anvil"),
        service("postlog", "unix-dgram", "-", "1", "postlogd"),
    ]
    if options.starttls:
        lines.insert(2, service(
            f"127.0.0.1:{ports.submissions}", "inet", "-", "-", "smtpd",
            [*common, "smtpd_tls_wrappermode=yes"]))
    return "\n".join(lines) + "\n"


_PUBLIC = ("cleanup", "cleanup-submission", "pickup", "qmgr", "flush", "showq")
