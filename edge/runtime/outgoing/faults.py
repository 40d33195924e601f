"""Failures of outgoing calls."""

from __future__ import annotations

import re

_CODES = re.compile(r"\d{3,5}\b(?: \d\.\d{1,3}\.\d{1,3}\b)?")


class Undelivered(Exception):
    """Not delivered, according to available information. `why` is a key of `edge/lib/i18n`, section `undelivered`;
    `detail` is the server's message, shortened. `permanent`: retrying would fail the same way. `after_s`: seconds to
    wait before retrying. `credentials`: the account is misconfigured, so any message would fail."""

    def __init__(
        self,
        why: str,
        detail: str = "",
        *,
        permanent: bool = False,
        after_s: float | None = None,
        credentials: bool = False,
        tried: bool = True,
    ) -> None:
        super().__init__(f"{why}: {detail}" if detail else why)
        self.why = why
        self.detail = detail[:200]
        self.permanent = permanent
        self.after_s = after_s
        self.credentials = credentials
        self.tried = tried


class MaybeSent(Exception):
    """A message was sent, but no answer came: the outcome is unknown."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail[:200]


def codes_of(said: str) -> str:
    """Return the leading status codes of a response (SMTP: RFC 5321, RFC 3463, and others), or "". The text after them
    is left out, because it may name the recipient."""
    found = _CODES.match(said)
    return found[0] if found else ""
