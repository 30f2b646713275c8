"""A mail server of our own for tests: Debian's Exim on loopback, over TLS, delivering into a Maildir; and a bad line to it."""

from __future__ import annotations

import contextlib
import mailbox
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.servers import PASSWORD, certificates, free_port, until


EXIM = "/usr/sbin/exim4"
OWNER = "Debian-exim"
USER = "office"
LIMIT = 4 << 20  # bytes of a message that it takes

CONFIG = """
primary_hostname = localhost
spool_directory = {home}/spool
log_file_path = {home}/log/%slog
pid_file_path = {home}/exim.pid
exim_user = {owner}
exim_group = {owner}
never_users =
deliver_drop_privilege = true
local_interfaces = 127.0.0.1
disable_ipv6 = true
daemon_smtp_ports = {port} : {wrapped}
tls_on_connect_ports = {wrapped}
tls_advertise_hosts = *
tls_certificate = {chain}
tls_privatekey = {key}
auth_advertise_hosts = ${{if def:tls_in_cipher {{*}}{{}}}}
message_size_limit = {limit}
rfc1413_query_timeout = 0s
host_lookup =
dns_dnssec_ok = 0
keep_environment =
acl_smtp_rcpt = rcpt
acl_smtp_data = data

begin acl

rcpt:
  deny message = no office is called so
       local_parts = nobody
  defer message = come again
       local_parts = later
  deny message = sign in first
       encrypted = *
       !authenticated = *
  accept

data:
  deny message = this is not taken
       condition = ${{if eq{{$h_subject:}}{{REFUSE ME}}}}
  accept

begin routers

all:
  driver = accept
  transport = maildir

begin transports

maildir:
  driver = appendfile
  maildir_format = true
  directory = {home}/mail
  user = {owner}
  envelope_to_add = true

begin authenticators

plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{user}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
"""


@dataclass
class Exim:
    """A server with STARTTLS on one port and TLS from the first byte on another.

    Attributes:
        ca: File of the authority that its certificate is of.
    """

    home: Path
    port: int
    wrapped: int
    ca: Path

    def received(self, count: int = 0) -> list[EmailMessage]:
        """Messages that were delivered, by recipient, once there are so many; each says who it is for in Envelope-to."""
        last = time.monotonic() + 20
        while True:
            found = [path for path in (self.home / "mail" / "new").glob("*") if path.is_file()]
            if len(found) >= count or time.monotonic() > last:
                break
            time.sleep(0.05)
        read = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in found]
        return sorted(read, key=lambda message: str(message["Envelope-to"]))

    def empty(self) -> None:
        """Throw away what was delivered."""
        with contextlib.suppress(mailbox.NoSuchMailboxError):
            mailbox.Maildir(self.home / "mail", create=False).clear()

    def log(self) -> str:
        """What it logged."""
        return (self.home / "log" / "mainlog").read_text(encoding="utf-8")


@contextlib.contextmanager
def exim(days: int = 2) -> Iterator[Exim]:
    """Start a server; stopped and removed at the end. ``days``: how long its certificate holds (negative: it is over)."""
    if not Path(EXIM).exists():
        pytest.skip("no mail server: apt-get install exim4-daemon-light")
    if os.geteuid() != 0:
        pytest.skip("the mail server of the tests is started by root")
    home = Path(tempfile.mkdtemp(prefix="piperoll-exim-"))
    home.chmod(0o755)
    for name in ("spool", "log", "mail"):
        (home / name).mkdir()
        shutil.chown(home / name, OWNER, OWNER)
    shutil.rmtree(home / "mail")
    shutil.chown(home, OWNER, OWNER)
    ca, chain, key = certificates(home, days)
    shutil.chown(key, OWNER, OWNER)
    made = Exim(home, free_port(), free_port(), ca)
    config = home / "exim.conf"
    config.write_text(
        CONFIG.format(
            home=home, owner=OWNER, port=made.port, wrapped=made.wrapped, chain=chain, key=key, limit=LIMIT,
            user=USER, password=PASSWORD,
        ),
        encoding="utf-8",
    )  # fmt: skip
    config.chmod(0o644)
    process = subprocess.Popen(
        [EXIM, "-bdf", "-C", str(config)],
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(made.port)
        yield made
    finally:
        # Its children, which deliver and log, go with it.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)
        for _ in range(50):
            shutil.rmtree(home, ignore_errors=True)
            if not home.exists():
                break
            time.sleep(0.1)


@dataclass
class BadLine:
    """A line to a server over which only so much comes: see `bad_line`.

    Attributes:
        messages: How many messages' ends went over it to the server.
        held: Set when an answer is being held back.
    """

    port: int
    messages: int = 0
    held: threading.Event = field(default_factory=threading.Event)


@contextlib.contextmanager
def bad_line(target: int, how: str) -> Iterator[BadLine]:
    """A line without TLS that breaks, as lines do.

    Args:
        target: Port of the server.
        how: ``tls``: the server's offer of TLS does not come through; ``answer``: the message goes over whole, and the line breaks before the server's answer to it comes back;
            ``hold``: likewise, but the answer is only held back, for ever; ``message``: it breaks in the middle of a
            message (and the server's limit of size does not come through).
    """
    listening = socket.create_server(("127.0.0.1", 0))
    made = BadLine(listening.getsockname()[1])
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                ours, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(ours,), daemon=True).start()

    def talk(ours: socket.socket) -> None:
        with ours, socket.create_connection(("127.0.0.1", target)) as theirs:
            theirs.settimeout(30)

            def forward() -> None:
                said = theirs.recv(65536)
                hidden = {"tls": rb"250-STARTTLS\r\n", "message": rb"250-SIZE \d+\r\n"}.get(how)
                ours.sendall(re.sub(hidden, b"", said) if hidden else said)

            ours.settimeout(30)
            with contextlib.suppress(OSError):
                forward()
                body = False
                sent = b""
                while data := ours.recv(65536):
                    if body and how == "message":
                        ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                        return
                    theirs.sendall(data)
                    sent = (sent + data)[-5:]
                    if body:
                        if sent == b"\r\n.\r\n":
                            theirs.recv(65536)  # it was taken
                            made.messages += 1
                            if how == "hold":
                                made.held.set()
                                stop.wait(60)
                            return
                        continue
                    forward()
                    body = data.strip().upper() == b"DATA"

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        stop.set()
        listening.close()
