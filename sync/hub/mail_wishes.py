"""Mail preferences of head office's people for its own alerts (`office_alerts`)."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec

AlertKind = Literal["licence", "quota", "stopped", "urgent"]
"""Kinds of alert: an expiring licence, a limit nearly reached, a stopped publication, and an urgent one."""
Hour = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)")]
OptionalHour = Annotated[str, msgspec.Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$(?!\n)")]
_OF = "SELECT mail, usual, reached FROM mail_of_person($1, $2)"
_SET = "SELECT set_mail_of_person($1, $2, $3)"


class MailWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`PUT /v1/me/mail`. `on` null: by role. `without`: kinds not wanted. `zone` (IANA): of the hours, "": that of most
    of the tenant's stores; `language`: "" or unsupported: English; `quiet_from` "": no quiet hours; `digest_at`: the
    time for less severe alerts, "": never."""

    on: bool | None = None
    without: Annotated[tuple[AlertKind, ...], msgspec.Meta(max_length=20)] = ()
    zone: Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[A-Za-z0-9_+/-]*$(?!\n)")] = ""
    language: Annotated[str, msgspec.Meta(pattern=r"^([a-z]{2})?$(?!\n)")] = ""
    quiet_from: OptionalHour = ""
    quiet_until: Hour = "07:00"
    digest_at: OptionalHour = "08:00"

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone or "UTC")
        except (LookupError, OSError, ValueError):
            raise ValueError(f"time zone {self.zone!r} doesn't exist") from None


class MailOfPerson(msgspec.Struct, frozen=True):
    """A person's preferences in a tenant. `told`: whether they get anything; `reached`: whether they may, which needs
    access to all stores."""

    wish: MailWish
    told: bool
    reached: bool


def wish_of(mail: str) -> MailWish:
    """The stored preferences; defaults if they're unreadable."""
    try:
        return msgspec.json.decode(mail, type=MailWish)
    except msgspec.MsgspecError:
        return MailWish()


async def mail_of_person(connection: Any, person: int, tenant: str) -> MailOfPerson | None:
    """A person's preferences; None if they don't belong to the tenant."""
    row = await connection.fetchrow(_OF, person, tenant)
    if row is None:
        return None
    wish = wish_of(row["mail"])
    told = row["usual"] if wish.on is None else wish.on
    return MailOfPerson(wish, row["reached"] and told, row["reached"])


async def set_mail_of_person(connection: Any, person: int, tenant: str, wish: MailWish) -> bool:
    """Store a person's preferences; False if the person doesn't belong to the tenant."""
    return bool(await connection.fetchval(_SET, person, tenant, msgspec.json.encode(wish).decode()))
