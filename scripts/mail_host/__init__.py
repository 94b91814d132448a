"""A real mail host (Dovecot and Postfix) in one folder, on free ports of 127.0.0.1.

`/etc` and the machine's own mail are not touched. Used by the demo, the tests and the benchmarks through
`scripts/mailhost`, or from Python: `host = mail_host.start(folder); ...; mail_host.stop(folder)`.
"""

from .lifecycle import Failure, become_root, deliver, install_sieve, read, start, status, stop

__all__ = ["Failure", "become_root", "deliver", "install_sieve", "read", "start", "status", "stop"]
