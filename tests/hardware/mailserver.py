"""A real mail server for tests, which wants a password, and what it has been given."""

from __future__ import annotations

import email
import email.policy
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

PASSWORD = "correct-horse"
WARNING = "ignore:Requiring AUTH while not requiring TLS"
"""What the server says to that; nothing of it leaves this machine."""


class MailBox:
    """What the server has been given."""

    def __init__(self, declines: bool = False) -> None:
        self.mails: list[EmailMessage] = []
        self.declines = declines
        self.came = threading.Semaphore(0)
        """One for each mail."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """A mail has come."""
        if self.declines:
            return "554 5.7.1 not this one"
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        mail = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.came.release()
        return "250 kept"


def _let_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: LoginPassword) -> AuthResult:
    return AuthResult(success=login.password == PASSWORD.encode(), handled=False)


@contextmanager
def mail_server(box: MailBox, port: int = 0) -> Iterator[int]:
    """A real mail server on this machine that wants a password; gives its port."""
    port = port or free_port()
    server = Controller(box, "127.0.0.1", port, authenticator=_let_in, auth_required=True, auth_require_tls=False)
    server.start()
    try:
        yield port
    finally:
        server.stop()


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def address(port: int, password: str = PASSWORD) -> str:
    """Anna's mail box at the server on `port`."""
    return f"mailto://anna:{password}@127.0.0.1:{port}?from=box@example.com&to=anna@example.com"
