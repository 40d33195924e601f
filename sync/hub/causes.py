"""Causes of a publication's automatic stop, or of a problem in a store that received it.

A cause is a code with values, which head office's page and mails translate for their reader.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

TEXTS = {
    "changed": "its content isn't what was approved",
    "unreadable": "its content can't be read",
    "few_well": "{well} of {reached} stores are working well; {least}% are needed to continue",
    "unreached": "no store in this wave has been reached yet",
    "store_failed": "couldn't apply it",
    "alerts": "critical alerts since: {alerts} ({before} before)",
    "journal": "boxes that stopped sending: {stopped}; unreadable events: {unread}",
    "sales": "no sales since; {before} a week earlier",
    "not_applied": "{device}: {kind}: {outcome} {why}",
    "kept": "{names}",
    "software": "{device}: software {release}: {step} {why}",
}
"""English, for programs; the page has `cause_CODE` in three languages."""


class Cause(msgspec.Struct, frozen=True, omit_defaults=True):
    """A cause with the `values` of its text.

    For a publication, `store` is the first store concerned, and `others` the number of further ones.
    """

    code: str
    values: Mapping[str, str | int] = {}
    store: str = ""
    others: int = 0

    def of(self, store: str, others: int) -> Cause:
        """Return the cause for a publication, with its first store and the number of others."""
        return msgspec.structs.replace(self, store=store, others=others)

    @property
    def text(self) -> str:
        """The English text, with the store and the number of others."""
        said = TEXTS[self.code].format(**self.values).strip()
        return (f"{self.store}: " if self.store else "") + said + (f", and {self.others} more" if self.others else "")

    @property
    def json(self) -> str:
        return msgspec.json.encode(self).decode()


def cause_text(cause: Cause, words: Mapping[str, str], store_name: Callable[[str], str]) -> str:
    """The cause's text in the language of `words` (the page's texts), with the store's name."""
    named = {"kind": "kind", "step": "software", "why": "unfit", "outcome": "outcome"}
    values = {
        name: words.get(f"{named[name]}_{value}", "" if name == "why" else str(value)) if name in named else value
        for name, value in cause.values.items()
    }
    said = words[f"cause_{cause.code}"].format(**values).strip().removesuffix(",")
    stores = f"{store_name(cause.store)}{words['colon']}" if cause.store else ""
    return stores + said + (words["cause_others"].format(count=cause.others) if cause.others else "")
