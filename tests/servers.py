"""Servers of our own for tests, on loopback, gone at the end: PostgreSQL and Dovecot as Debian packs them."""

from __future__ import annotations

import contextlib
import mailbox
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest


PASSWORD = "canary-of-a-password"


def free_port() -> int:
    """A port of loopback that nobody has now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def postgres_binaries() -> Path:
    """Where the server's programs are; without them the test is skipped, and says what to install."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("no PostgreSQL server: apt-get install postgresql")
    return found[-1].parent


def require_driver() -> None:
    """Skip where PostgreSQL's ODBC driver is not installed."""
    listed = Path("/etc/odbcinst.ini")
    if not listed.is_file() or "PostgreSQL Unicode" not in listed.read_text(encoding="utf-8"):
        pytest.skip("no ODBC driver: apt-get install unixodbc odbc-postgresql")


@dataclass
class Postgres:
    """A cluster that listens on loopback and asks for passwords."""

    home: Path
    port: int
    binaries: Path

    def run(self, *command: str) -> None:
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run([*as_user, *command], check=True, cwd=self.home, stdout=subprocess.DEVNULL)

    def control(self, *words: str) -> None:
        self.run(str(self.binaries / "pg_ctl"), "-D", str(self.home / "data"), *words)

    def start(self) -> None:
        options = (
            f"-c listen_addresses=127.0.0.1 -p {self.port} -c fsync=off -c unix_socket_directories={self.home} "
            "-c timezone=UTC"
        )
        self.control("-w", "-l", str(self.home / "log"), "-o", options, "start")

    def sql(self, text: str) -> list[tuple[object, ...]]:
        """Run statements over a connection of its own."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as con:
            done = con.execute(text)
            return done.fetchall() if done.description else []

    @property
    def url(self) -> str:
        return f"postgresql://piperoll:{PASSWORD}@127.0.0.1:{self.port}/postgres"

    def connection(self, **other: str) -> str:
        """Its ODBC connection string; rows are fetched a few hundred at a time."""
        parts = {
            "Driver": "{PostgreSQL Unicode}",
            "Server": "127.0.0.1",
            "Port": str(self.port),
            "Database": "postgres",
            "UID": "piperoll",
            "PWD": PASSWORD,
            "UseDeclareFetch": "1",
            "Fetch": "500",
        } | other
        return ";".join(f"{name}={value}" for name, value in parts.items()) + ";"


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """Start a cluster; stopped and removed at the end."""
    binaries = postgres_binaries()
    home = Path(tempfile.mkdtemp(prefix="piperoll-odbc-"))
    if os.geteuid() == 0:
        shutil.chown(home, "postgres")  # the server refuses to run as root
    made = Postgres(home, free_port(), binaries)
    secret = home / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    if os.geteuid() == 0:
        shutil.chown(secret, "postgres")
    words = ("-U", "piperoll", "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "-N", "--locale=C.UTF-8")
    made.run(str(binaries / "initdb"), "-D", str(home / "data"), *words)
    made.start()
    try:
        yield made
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            made.control("-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)


def until(port: int, seconds: float = 30.0) -> None:
    """Wait until somebody listens there."""
    last = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if time.monotonic() > last:
            raise AssertionError(f"nobody listens on {port}")
        time.sleep(0.05)


@dataclass
class Dovecot:
    """An IMAP server over TLS with one account, and a certificate of an authority of its own.

    Attributes:
        maildir: Where the account's messages lie.
        ca: File of the authority's certificate.
    """

    port: int
    maildir: Path
    ca: Path

    @property
    def address(self) -> str:
        return f"imaps://returns@localhost:{self.port}/INBOX"

    def put(self, message: EmailMessage) -> None:
        """Deliver a message, as the account's own."""
        box = mailbox.Maildir(self.maildir)
        key = box.add(message)
        for found in self.maildir.glob(f"*/{key}*"):
            shutil.chown(found, "mail", "mail")


DOVECOT = "/usr/sbin/dovecot"


def certificates(home: Path, days: int = 2) -> tuple[Path, Path, Path]:
    """An authority, and a certificate of ``localhost`` under it: files of the authority, the certificate, its key.

    ``days``: until the certificate of the host expires; negative for one that has.
    """
    import datetime as dt

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    now = dt.datetime.now(dt.UTC)

    def made(name: str, issuer: str, key, signer, authority: bool):
        subject, by = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, issuer))
        builder = x509.CertificateBuilder(by, subject, key.public_key(), x509.random_serial_number())
        last = now + dt.timedelta(days=2 if authority else days)
        builder = builder.not_valid_before(now - dt.timedelta(days=9)).not_valid_after(last)
        builder = builder.add_extension(x509.BasicConstraints(authority, None), critical=True)
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = builder.add_extension(identifier, critical=False)
        signed_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        builder = builder.add_extension(signed_by, critical=False)
        if authority:
            usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
            builder = builder.add_extension(usage, critical=True)
        else:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        return builder.sign(signer, hashes.SHA256())

    top, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca, chain, key = home / "ca.pem", home / "server.pem", home / "server.key"
    ca.write_bytes(made("Tests", "Tests", top, top, True).public_bytes(serialization.Encoding.PEM))
    chain.write_bytes(made("localhost", "Tests", own, top, False).public_bytes(serialization.Encoding.PEM))
    none = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    key.write_bytes(own.private_bytes(serialization.Encoding.PEM, form, none))
    return ca, chain, key


@contextlib.contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Start a server in the foreground; stopped and removed at the end."""
    if not Path(DOVECOT).exists():
        pytest.skip("no IMAP server: apt-get install dovecot-imapd")
    if os.geteuid() != 0:
        pytest.skip("Dovecot is started as root alone")
    home = Path(tempfile.mkdtemp(prefix="piperoll-imap-"))
    home.chmod(0o755)
    ca, chain, key = certificates(home)
    port = free_port()
    mail = home / "mail"
    mailbox.Maildir(mail, create=True)
    for each in (mail, *mail.iterdir()):
        shutil.chown(each, "mail", "mail")
    config = home / "dovecot.conf"
    (home / "users").write_text(f"returns:{{PLAIN}}{PASSWORD}::::::\n", encoding="utf-8")
    config.write_text(
        f"""
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
log_path = {home}/log
ssl = required
ssl_cert = <{chain}
ssl_key = <{key}
mail_location = maildir:{mail}
first_valid_uid = 1
first_valid_gid = 1
auth_mechanisms = plain
passdb {{
  driver = passwd-file
  args = {home}/users
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={home}
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service stats {{
  chroot =
}}
""",
        encoding="utf-8",
    )
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(port)
        yield Dovecot(port, mail, ca)
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(home, ignore_errors=True)
