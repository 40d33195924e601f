"""The seven movement reasons of retail chains, and the journal's reasons that each maps to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

OF_JOURNAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sale": ("sale", "void"),
        "purchase": ("received", "corrected"),
        "adjustment": ("counted", "found", "lost", "used", "boxed", "issued", "produced"),
        "transfer": ("transferred", "sent", "arrived"),
        "return": ("refund", "returned"),
        "damage": ("waste", "damaged"),
        "expire": ("waste",),
    }
)
"""The journal's reasons for each chain reason. Waste is `expire` or `damage`, depending on its cause."""
REASONS = tuple(OF_JOURNAL)
EXPIRED = ("expired", "spoilage", "spoiled")
"""Causes of waste due to age."""
_DAMAGE = ("", "breakage", "broken", "spill", "comp", "prep", "damage", "used", "other", "stolen")
_RECORDED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "purchase": {"type": "in", "reason": "delivery"},
        "adjustment": {"type": "adjust", "reason": "count"},
        "transfer": {"reason": "transfer"},
        "return": {"type": "out", "reason": "returned"},
        "damage": {"type": "waste", "reason": "broken", "cause": "damage"},
        "expire": {"type": "waste", "reason": "expired", "cause": "expired"},
    }
)


def reasons_meant(reason: str) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """The journal's reasons for a chain's reason or a journal reason, and the waste causes included (None: all).

    >>> reasons_meant("purchase"), reasons_meant("counted")
    ((('received', 'corrected'), None), (('counted',), None))
    """
    causes = EXPIRED if reason == "expire" else _DAMAGE if reason == "damage" else None
    return OF_JOURNAL.get(reason, (reason,)), causes


def retail_name(reason: str, cause: str) -> str:
    """A movement's reason in retail chains' terms.

    >>> retail_name("received", ""), retail_name("waste", "expired"), retail_name("waste", "breakage")
    ('purchase', 'expire', 'damage')
    """
    if reason == "waste":
        return "expire" if cause in EXPIRED else "damage"
    return next((name for name, meant in OF_JOURNAL.items() if reason in meant), "adjustment")


def recorded_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a movement by hand, with a chain's reason translated; other fields that have a value stay."""
    reason = fields.get("reason")
    said = _RECORDED.get(reason.lower()) if isinstance(reason, str) else None
    if said is None:
        return dict(fields)
    rest = {name: value for name, value in fields.items() if name != "reason" and value not in ("", None)}
    return {**said, **rest}
