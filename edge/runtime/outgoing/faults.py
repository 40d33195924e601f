"""What may become of an outgoing call that did not go well."""

from __future__ import annotations

import re

_CODES = re.compile(r"\d{3,5}\b(?: \d\.\d{1,3}\.\d{1,3}\b)?")


class Undelivered(Exception):
    """Not delivered, as far as is known. `why` is a key of `edge/lib/i18n`, section `undelivered`, `detail` what the
    other side said, shortened. `permanent`: the same again would be refused again. `after_s`: not to be tried before.
    `credentials`: it is the way there that is set up wrongly, whatever is sent."""

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
    """It was sent, and no answer came: only the other side knows."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail[:200]


def codes_of(said: str) -> str:
    """The codes that an answer begins with, of SMTP (RFC 5321, RFC 3463) and of others: what follows them names whom it
    was for. "" where there are none."""
    found = _CODES.match(said)
    return found[0] if found else ""
