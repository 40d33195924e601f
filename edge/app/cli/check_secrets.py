"""The part of `edge check` about secrets: in plain text, missing or unreadable."""

from __future__ import annotations

from collections.abc import Iterator

from edge.lib.errors import EdgeError
from edge.runtime.config import Config
from edge.runtime.secrets import secrets_of
from edge.runtime.secrets_part import fault

Said = tuple[bool, str, str, bool]
"""A finding: whether the check passed, the result, advice, and whether to print it even if the check passed."""


def secret_findings(loaded: Config, running: bool) -> Iterator[Said]:
    """Yield one finding for all plain-text secrets, and one for problems unless the `running` appliance reports
    them."""
    named = loaded.secrets()
    if plain := [one.where for one in named if not one.name]:
        advice = 'Store each with `edge secret set NAME`, and set password = "secret:NAME" instead of password_file.'
        yield True, f"unencrypted on the disk: {', '.join(plain)}.", advice, True
    store = secrets_of(loaded.folder)
    if not running and (wrong := fault(loaded, store)):
        yield False, wrong.what, wrong.advice, False
    try:
        for one in store.list_secrets():
            if one.lost and one.name not in {entry.name for entry in named}:
                yield (
                    True,
                    f"{one.name} can no longer be decrypted.",
                    f"Remove it: edge secret remove {one.name}",
                    True,
                )
    except EdgeError as error:
        yield False, error.what, error.advice, False
