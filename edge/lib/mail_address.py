"""Plausibility pattern for typed email addresses. Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec

CHARS = 254
"""Maximum length of an address (RFC 5321, section 4.5.3.1.3)."""
FORM = r"[^\s@<>,;:\"]{1,64}@[^\s@<>,;:\"]{1,189}"
MailAddress = Annotated[str, msgspec.Meta(max_length=CHARS, pattern=rf"^({FORM})?$(?!\n)")]
"""An email address; "" if none was given."""
