"""Runs Apprise in a separate process per message, because its many services block, use memory, and connect anywhere.
The process can't reach the box itself, by name or address."""

from __future__ import annotations

import errno
import importlib
import logging
import re
import socket
import sys
from collections.abc import Collection
from typing import Any, Literal

import msgspec

from edge.core.process import child
from edge.runtime.outgoing.address_guard import is_forbidden, own_addresses

MEMORY_BYTES, CPU_S, WAIT_S = 1024 * 1024 * 1024, 20, 45.0
CONNECT_S, READ_S = 5, 15
AppriseOutcome = Literal["sent", "not_installed", "wrong_address", "refused", "told_to_wait", "no_connection", "maybe"]
_STATUS = re.compile(r"error=(\d{3})")
_UNSENT = ("NewConnectionError", "NameResolutionError", "ConnectTimeout", "Failed to resolve")
"""Errors of `requests` in which not a byte was sent."""
LOCAL = frozenset(("rsyslog", "syslog", "dbus", "glib", "gio", "qt", "kde", "gnome", "windows", "macosx"))
"""URL schemes of services on the box itself, or without a connection."""
BUSY = (408, 425, 429)
_SENDING = frozenset(("socket.connect", "socket.sendto", "socket.sendmsg"))
"""Python's audit events for sending, with any function."""
TYPES = {"critical": "failure", "high": "warning", "medium": "warning"}


class AppriseMessage(msgspec.Struct, frozen=True):
    """A message and its address. `allowed`: local hosts that may be called anyway."""

    url: str
    title: str
    text: str
    severity: str
    allowed: tuple[str, ...] = ()


class AppriseAnswer(msgspec.Struct, frozen=True):
    """The outcome according to Apprise's log. `detail` contains no address."""

    outcome: AppriseOutcome
    detail: str = ""


class _Log(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.warnings: list[str] = []
        self.whole = ""

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        self.whole += f"{text}\n"
        if record.levelno >= logging.WARNING:
            self.warnings.append(text)


def work(request: bytes) -> bytes:
    """Send one message."""
    return msgspec.json.encode(_send_message(msgspec.json.decode(request, type=AppriseMessage)))


def _send_message(message: AppriseMessage) -> AppriseAnswer:
    try:
        apprise = importlib.import_module("apprise")
    except ImportError:
        return AppriseAnswer("not_installed")
    log = _Log()
    logger = logging.getLogger("apprise")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(log)
    service = apprise.Apprise()
    limits = f"{'&' if '?' in message.url else '?'}cto={CONNECT_S}&rto={READ_S}"
    if not service.add(message.url + limits):
        return AppriseAnswer("wrong_address")
    if any(LOCAL & one.schemas() for one in service):
        return AppriseAnswer("wrong_address")
    _guard(frozenset(message.allowed))
    _follow_no_redirect()
    if service.notify(body=message.text, title=message.title, notify_type=TYPES.get(message.severity, "info")):
        return AppriseAnswer("sent")
    return _why(log)


def _why(log: _Log) -> AppriseAnswer:
    """Reason from the log of a failed message."""
    detail = log.warnings[-1][:200] if log.warnings else ""
    if found := _STATUS.search(detail):
        status = int(found[1])
        return AppriseAnswer("refused" if 300 <= status < 500 and status not in BUSY else "told_to_wait", detail)
    if any(sign in log.whole for sign in _UNSENT):
        return AppriseAnswer("no_connection", detail)
    return AppriseAnswer("maybe" if "Socket Exception" in log.whole else "told_to_wait", detail)


def _follow_no_redirect() -> None:
    """Disable redirects: a redirected message wasn't accepted, but `requests` would follow."""
    sessions = importlib.import_module("requests.sessions")
    sessions.SessionRedirectMixin.get_redirect_target = lambda self, answer: None


def _guard(allowed: Collection[str]) -> None:
    """Prevent this process from resolving or connecting to forbidden addresses. Sockets then accept addresses only."""
    resolve, own, reached = socket.getaddrinfo, own_addresses(), set(allowed)

    def resolve_permitted(host: Any, *args: Any, **how: Any) -> list[Any]:
        found = resolve(host, *args, **how)
        if host in allowed:
            reached.update(str(one[4][0]) for one in found)
        good = [one for one in found if host in allowed or not is_forbidden(str(one[4][0]), own)]
        if not good:
            raise socket.gaierror(socket.EAI_NONAME, "connections to this address are forbidden")
        return good

    def look(event: str, args: tuple[Any, ...]) -> None:
        if event not in _SENDING or args[1] is None:  # None: the socket is already connected to a checked address
            return
        to = str(args[1][0]) if args[0].family in (socket.AF_INET, socket.AF_INET6) else ""
        if to not in reached and is_forbidden(to, own):
            raise OSError(errno.EACCES, "connections to this address are forbidden")

    socket.getaddrinfo = resolve_permitted
    sys.addaudithook(look)


def main() -> int:
    """Handle one request on standard input."""
    return child.answer(work, MEMORY_BYTES, CPU_S, network=True)


if __name__ == "__main__":
    raise SystemExit(main())
