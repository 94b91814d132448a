"""A small certificate authority, one good certificate and the bad ones that a client must refuse."""

import subprocess
from pathlib import Path

GOOD = "server"
KINDS = (GOOD, "expired", "wrong-host", "self-signed")

_AUTHORITY = """\
[ca]
default_ca = small
[small]
new_certs_dir = {folder}/issued
database = {folder}/index.txt
serial = {folder}/serial
policy = any
default_md = sha256
unique_subject = no
[any]
commonName = supplied
"""


def make(folder: Path) -> None:
    """Writes `ca.pem` and, for each of `KINDS`, `KIND.pem` (leaf, then the authority) and `KIND.key`.

    The good one is valid for `localhost` and 127.0.0.1; `wrong-host` is for elsewhere.test.
    """
    (folder / "issued").mkdir(parents=True)
    (folder / "index.txt").touch()
    (folder / "serial").write_text("1000\n")
    (folder / "authority.cnf").write_text(_AUTHORITY.format(folder=folder))
    _openssl(
        "req", "-x509", *_new_key(folder / "ca.key"), "-subj", "/CN=Throwaway mail host CA",
        "-days", "3650", "-out", folder / "ca.pem",
        "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
    )
    here = "DNS:localhost,IP:127.0.0.1"
    _issue(folder, GOOD, here, "20200101000000Z", "20491231000000Z")
    _issue(folder, "expired", here, "20200101000000Z", "20210101000000Z")
    _issue(folder, "wrong-host", "DNS:elsewhere.test", "20200101000000Z", "20491231000000Z")
    _openssl(
        "req", "-x509", *_new_key(folder / "self-signed.key"), "-subj", "/CN=localhost", "-days", "3650",
        "-out", folder / "self-signed.pem", "-addext", f"subjectAltName={here}",
    )


def _issue(folder: Path, kind: str, names: str, not_before: str, not_after: str) -> None:
    request, extensions = folder / f"{kind}.csr", folder / f"{kind}.ext"
    extensions.write_text(
        f"subjectAltName={names}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n")
    _openssl("req", *_new_key(folder / f"{kind}.key"), "-subj", f"/CN={kind}", "-out", request)
    _openssl(
        "ca", "-batch", "-notext", "-config", folder / "authority.cnf", "-cert", folder / "ca.pem",
        "-keyfile", folder / "ca.key", "-in", request, "-out", folder / f"{kind}.leaf",
        "-extfile", extensions, "-startdate", not_before, "-enddate", not_after,
    )
    leaf = (folder / f"{kind}.leaf").read_text()
    (folder / f"{kind}.pem").write_text(leaf + (folder / "ca.pem").read_text())


def _new_key(path: Path) -> list:
    return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path]


def _openssl(*arguments) -> None:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]} failed: {done.stderr.strip()}")
