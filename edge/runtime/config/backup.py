"""`[backup]`: destination, schedule and retention of ledger backups, and the age at which old journal parts are
archived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFault
from edge.lib.age import read_recipient

LEAST_ASIDE_DAYS = 90
"""Days that a replaced ledger stays at least before it is deleted automatically."""
LEAST_DAYS = 35
"""Minimum days that events stay in the ledger, because a command may be repeated and the current month is still in use.
"""

Count = Annotated[int, msgspec.Meta(ge=0, le=3660)]


class Backup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Backup settings. Without `folder` and `disk`, there are no backups. With `disk` (a file system label), `folder`
    is on that disk.

    `drill_days`: interval between restore tests (0: only on request). `recipients`: age recipients (`age1...`) in
    addition to the recovery code. `archive_after_days`: minimum age of data to archive after the hub has it (0: never).
    `aside_days`: age at which a ledger that a restore replaced is deleted, if all its rows were restored (0: never).
    """

    folder: str = ""
    disk: str = ""
    same_disk: bool = False
    at: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)", description="hours and minutes in quotes, such as '03:30'"
        ),
    ] = "03:30"
    keep_daily: Annotated[int, msgspec.Meta(ge=1, le=366)] = 7
    keep_weekly: Annotated[int, msgspec.Meta(ge=0, le=520)] = 5
    drill_days: Count = 7
    recipients: Annotated[tuple[str, ...], msgspec.Meta(max_length=8)] = ()
    archive_after_days: Annotated[
        int, msgspec.Meta(ge=0, le=36600, description="a number of days: 0 for never, or at least 35")
    ] = 400
    aside_days: Annotated[
        int, msgspec.Meta(ge=0, le=36600, description="a number of days: 0 for never, or at least 90")
    ] = 90

    def faults(self) -> Iterator[ConfigFault]:
        """Yield faults that the types can't express."""
        if 0 < self.archive_after_days < LEAST_DAYS:
            what = f"archive_after_days of [backup] can't be {self.archive_after_days}."
            yield ConfigFault(("backup", "archive_after_days"), what, f"Use 0 for never, or at least {LEAST_DAYS}.")
        if 0 < self.aside_days < LEAST_ASIDE_DAYS:
            what = f"aside_days of [backup] can't be {self.aside_days}."
            yield ConfigFault(("backup", "aside_days"), what, f"Use 0 for never, or at least {LEAST_ASIDE_DAYS}.")
        for text in self.recipients:
            try:
                read_recipient(text)
            except ValueError:
                what = f"recipients of [backup] has {text[:80]!r}, which isn't a public age key."
                yield ConfigFault(("backup", "recipients"), what, "Create one with age-keygen: it starts with age1.")

    @property
    def is_wanted(self) -> bool:
        return bool(self.folder or self.disk)
