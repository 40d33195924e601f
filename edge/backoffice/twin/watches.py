"""Alerts of the twin service, in the shop and at head office."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import msgspec

from edge.backoffice.office import quarantine
from edge.backoffice.twin.desk import BoxesDesk
from edge.backoffice.twin.status import TwinStatus
from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection

LASTS_S = {
    "twin_settings": 60.0,
    "twin_clock": 30.0,
    "twin_zone": 60.0,
    "twin_older": 600.0,
    "twin_slow_disk": 60.0,
}
"""How long a condition must last before it's reported. Changes of the leader, or of another box's ability to lead, are
reported at once, like in the page's status chip."""
LED_US, DAMAGED_US = 3_600_000_000, 86_400_000_000
"""How long a takeover and a damaged copy are reported, in microseconds."""
EVERY_S = 5
_PAGE = "/manager/boxes"
_NAMED = 5


class TwinWatches:
    """Alerts of a shop with a standby box, read from `desk`. `decode`: as in a registry; `now_s`: a monotonic clock."""

    def __init__(self, desk: BoxesDesk, decode: quarantine.Decode, now_s: Callable[[], float] = time.monotonic) -> None:
        self._desk, self._decode, self._now_s = desk, decode, now_s
        self._since: dict[str, float] = {}

    def watches(self) -> tuple[Watch, ...]:
        """The watches of a capability."""
        watches = (
            Watch("twin_led", "medium", self._read_led, every_s=EVERY_S),
            Watch("twin_alone", "high", self._of("twin_alone", _is_alone), every_s=EVERY_S),
            Watch("twin_no_witness", "high", self._of("twin_no_witness", _has_no_witness), every_s=EVERY_S),
            Watch("twin_settings", "high", self._of("twin_settings", _settings), every_s=EVERY_S),
            Watch("twin_clock", "medium", self._of("twin_clock", _clock), every_s=EVERY_S),
            Watch("twin_zone", "medium", self._of("twin_zone", _zones), every_s=EVERY_S),
            Watch("twin_older", "medium", self._of("twin_older", _is_older), every_s=EVERY_S),
            Watch("twin_slow_disk", "medium", self._of("twin_slow_disk", _is_slow), every_s=EVERY_S),
            Watch("twin_full_disk", "high", self._of("twin_full_disk", _is_full), every_s=EVERY_S),
            Watch("twin_damaged", "high", self._read_damaged, every_s=EVERY_S),
            Watch("twin_aside", "high", self._read_aside, every_s=EVERY_S),
        )
        return tuple(msgspec.structs.replace(one, mended_at=_PAGE) for one in watches)

    def _of(
        self, kind: str, read: Callable[[TwinStatus], Condition | None]
    ) -> Callable[[Connection, int, str], list[Condition]]:
        def look(db: Connection, now_us: int, business_date: str) -> list[Condition]:
            status = self._desk.status
            found = read(status) if status else None
            if found is None:
                self._since.pop(kind, None)
                return []
            lasted_s = self._now_s() - self._since.setdefault(kind, self._now_s())
            return [found] if lasted_s >= LASTS_S.get(kind, 0.0) else []

        return look

    def _read_led(self, db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        status = self._desk.status
        if status and status.led_us and now_us - status.led_us < LED_US:
            yield Condition(str(status.term), {"box": status.box})

    def _read_damaged(self, db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        status = self._desk.status
        if status and status.damaged_us and now_us - status.damaged_us < DAMAGED_US:
            yield Condition("")

    def _read_aside(self, db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        """Undecided rows in quarantine. The alert ends once a manager has decided on all."""
        rows = self._desk.put_aside()
        if not rows:
            return
        waiting = quarantine.list_undecided(db, quarantine.group_by_command(rows, self._decode))
        papers = [one for one in waiting if one.kind]
        if waiting:
            yield Condition("", {"count": len(papers or waiting), "sum_minor": sum(one.total_minor for one in papers)})


def _is_alone(status: TwinStatus) -> Condition | None:
    return Condition("") if status.state in ("alone", "copying") else None


def _has_no_witness(status: TwinStatus) -> Condition | None:
    return Condition("") if status.state == "no_witness" else None


def _settings(status: TwinStatus) -> Condition | None:
    named = ", ".join(status.differs[:_NAMED]) + (" …" if len(status.differs) > _NAMED else "")
    return Condition("", {"settings": named}) if status.differs else None


def _clock(status: TwinStatus) -> Condition | None:
    return Condition("", {"seconds": abs(status.clock_s)}) if status.clock_s else None


def _zones(status: TwinStatus) -> Condition | None:
    return Condition("", {"zone": status.zones[0], "other": status.zones[1]}) if status.zones else None


def _is_older(status: TwinStatus) -> Condition | None:
    return Condition("") if status.lacks == "version" else None


def _is_slow(status: TwinStatus) -> Condition | None:
    return Condition("") if status.lacks == "disk" else None


def _is_full(status: TwinStatus) -> Condition | None:
    return Condition("") if status.state == "unfit" and status.lacks == "full" else None
