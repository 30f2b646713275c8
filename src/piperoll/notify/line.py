"""The line to a mail server (SMTP submission over TLS): one message to one recipient, and exactly what became of it.

Until the last byte of a message has left us it was certainly not taken; once the server has answered, its answer says.
In between, when the line breaks after the last byte and before the answer, nobody can tell.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from dataclasses import dataclass

from piperoll.collect.connections import Outgoing, secret
from piperoll.errors import UserError
from piperoll.journal.sent import DispatchState
from piperoll.notify.server import NAME


# A server may look for long at what it was given before it takes it (RFC 5321, 4.5.3.2.6); who hangs up knows nothing.
TAKING_SECONDS = 600
_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}(?=\s|\Z)")


@dataclass(frozen=True)
class Answer:
    """What became of a message.

    Attributes:
        answer: The server's reply code (with its enhanced one, RFC 3463), or a code of ours.
        told: In words, with the cure; '' where it was sent.
    """

    state: DispatchState
    answer: str
    told: str = ""


class Line:
    """A server, connected to when the first message is sent, and again after the line was lost.

    A server that cannot be reached or does not let us in is not asked again: the others wait for nothing.
    """

    def __init__(self, server: Outgoing) -> None:
        self._to = server
        self._open: smtplib.SMTP | None = None
        self._closed: Answer | None = None

    def send(self, recipient: str, message: bytes) -> Answer:
        """Send a message (lines ended by CR LF) to one address."""
        if self._closed is not None:
            return self._closed
        try:
            line = self._opened()
        except UserError as error:
            self.close()
            self._closed = Answer("failed", error.code, error.sentence)
            return self._closed
        try:
            refused = _envelope(line, self._to.sender, recipient, len(message))
        except (OSError, smtplib.SMTPException):
            self.close()
            return _lost()
        if refused is not None:
            self._reset(line)
            return refused
        body = re.sub(rb"(?m)^\.", b"..", message)
        try:
            line.send(body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        except (OSError, smtplib.SMTPException):
            # Not all of it left, and the end of the message is the last of it.
            self.close()
            return _lost()
        try:
            if line.sock is not None:
                line.sock.settimeout(max(self._to.seconds, TAKING_SECONDS))
            code, said = line.getreply()
            if line.sock is not None:
                line.sock.settimeout(self._to.seconds)
        except (OSError, smtplib.SMTPException):
            self.close()
            words = "PR-N027 the line broke before the server said whether it took the message."
            return Answer("unsure", "PR-N027", f"{words} Ask the recipient, then use `piperoll settle`.")
        if code == 250:
            return Answer("sent", _code(code, said))
        return _refused("the message", code, said)

    def close(self) -> None:
        """Let it go."""
        line, self._open = self._open, None
        if line is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                line.quit()
            line.close()

    def _reset(self, line: smtplib.SMTP) -> None:
        try:
            line.rset()
        except (OSError, smtplib.SMTPException):
            self.close()

    def _opened(self) -> smtplib.SMTP:
        if self._open is not None:
            return self._open
        to = self._to
        password = secret(to, NAME) if to.user else ""
        context = _context(to)
        try:
            us = to.sender.rpartition("@")[2]
            if to.security == "tls":
                line: smtplib.SMTP = smtplib.SMTP_SSL(to.host, to.port, us, timeout=to.seconds, context=context)
            else:
                line = smtplib.SMTP(to.host, to.port, us, timeout=to.seconds)
            self._open = line
            line.ehlo()
            if to.security == "starttls":
                if not line.has_extn("starttls"):
                    raise _unreachable("The server offers no TLS, and nothing is sent without it.")
                line.starttls(context=context)
                line.ehlo()
            if to.user:
                _sign_in(line, to.user, password)
        except ssl.SSLCertVerificationError as error:
            said = f"The server's certificate is not to be trusted ({error.verify_message})."
            raise _unreachable(
                said, "Check host and port; for an authority of your own, name its file as `ca`."
            ) from None
        except (OSError, UnicodeError, smtplib.SMTPException):
            raise _unreachable("The mail server cannot be reached, or the line to it was lost.") from None
        return line


def _context(to: Outgoing) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=to.ca or None)
    except (OSError, ssl.SSLError):
        raise UserError(
            "PR-N021", "The file of trusted certificates cannot be read.", fix="Check `ca` in connections.yaml."
        ) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _sign_in(line: smtplib.SMTP, user: str, password: str) -> None:
    try:
        line.login(user, password)
    except smtplib.SMTPServerDisconnected:
        raise
    except (UnicodeError, smtplib.SMTPException):
        message = "The mail server does not let us in with this user and password."
        raise UserError("PR-N025", message, fix="Correct them in connections.yaml, then send again.") from None


def _envelope(line: smtplib.SMTP, sender: str, recipient: str, size: int) -> Answer | None:
    """Say from whom, to whom, and that the message follows; None if the server waits for it."""
    options = [f"SIZE={size}"] if line.has_extn("size") else []
    for what, step in (
        ("our address", lambda: line.mail(sender, options)),
        ("this recipient", lambda: line.rcpt(recipient)),
        ("the message", lambda: line.docmd("DATA")),
    ):
        code, said = step()
        if code not in (250, 251, 354):
            return _refused(what, code, said)
    return None


def _refused(what: str, code: int, said: bytes) -> Answer:
    answer = _code(code, said)
    again = (
        "Send again later." if 400 <= code < 500 else "Correct the address or ask the server's keeper, then send again."
    )
    return Answer("failed", answer, f"PR-N025 the server refuses {what} ({answer}). {again}")


def _code(code: int, said: bytes) -> str:
    """The code alone: the words beside it may repeat an address, or what was sent."""
    found = _ENHANCED.match(said)
    return f"{code} {found.group().decode()}" if found else str(code)


def _lost() -> Answer:
    words = "PR-N022 the line to the mail server was lost before the message had left."
    return Answer("failed", "PR-N022", f"{words} Send again.")


def _unreachable(said: str, fix: str = "Check host, port and network, then send again.") -> UserError:
    return UserError("PR-N022", said, fix=fix)
