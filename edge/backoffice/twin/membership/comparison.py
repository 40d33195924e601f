"""Compares the settings, clocks, time zones and disks of two boxes. A follower adopts the leader's settings."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog
from tomlkit.exceptions import TOMLKitError

from edge.backoffice.twin.limits import CLOCK_SKEW_S, CLOCKS, COMPARE_MS, CONFIG_BYTES, DIFFERENCES
from edge.backoffice.twin.membership import shop_config
from edge.backoffice.twin.membership.machine_zone import are_apart, read_zone
from edge.backoffice.twin.wire.frames import AboutBox, ShopConfig, WantConfig
from edge.lib.errors import ConfigError
from edge.runtime.backup_state.status import Drill
from edge.runtime.configuration import write_config
from twin.messages import Message

_log = structlog.get_logger(__name__)
_US = 1_000_000


class OtherBox:
    """The latest reports of another box."""

    def __init__(self) -> None:
        self.about = AboutBox(0)
        self._apart_us: deque[int] = deque(maxlen=CLOCKS)

    def hear(self, about: AboutBox, now_us: int) -> None:
        self.about = about
        self._apart_us.append(about.at_us - now_us)

    @property
    def clock_s(self) -> int:
        """How many seconds the other box's clock is ahead; 0 if within tolerance."""
        apart_us = min(self._apart_us, key=abs, default=0)
        return apart_us // _US if len(self._apart_us) == CLOCKS and abs(apart_us) >= CLOCK_SKEW_S * _US else 0


class BoxComparison:
    """Compares this box with the others.

    `file`: this box's config.toml. `give(to, message)` sends on the link. `about` returns the disk's sync time (ms) and
    the last damage of this box's copy (us since the epoch). `changed` is called after adopting settings, which apply
    from the next start.
    """

    def __init__(
        self,
        file: Path,
        give: Callable[[str, Message], None],
        about: Callable[[], tuple[int, int]],
        changed: Callable[[], None],
        now_us: Callable[[], int] = lambda: time.time_ns() // 1_000,
        zone: Callable[[], str] = read_zone,
    ) -> None:
        self._file, self._give, self._about, self._changed, self._now_us = file, give, about, changed, now_us
        self._zone = zone
        self._said_ms = -COMPARE_MS
        self._stamp = (0, 0)
        self._settings: shop_config.Settings = {}
        self.plugged: tuple[str, ...] = ()
        self.others: dict[str, OtherBox] = {}
        self.is_full = False
        self.members = ""
        """The digest of the members this box knows."""
        self.drill = Drill()
        """This box's last backup test while it followed."""

    def say_full(self, is_full: bool) -> None:
        """Set whether the disk has room for shipments; sent soon if changed."""
        if is_full != self.is_full:
            self.is_full, self._said_ms = is_full, -COMPARE_MS

    def say_members(self, digest: str) -> None:
        """Set the digest of known machines; sent soon if changed."""
        if digest != self.members:
            self.members, self._said_ms = digest, -COMPARE_MS

    def members_of(self, box: str) -> str:
        """The digest of the machines that a box knows; "" if not reported."""
        other = self.others.get(box)
        return other.about.members if other else ""

    def say_drill(self, drill: Drill) -> None:
        self.drill = drill

    def look(self, others: Sequence[str], now_ms: int) -> None:
        """Send this box's state at intervals to boxes that understand it. Raises `OSError`."""
        if now_ms - self._said_ms < COMPARE_MS:
            return
        self._said_ms = now_ms
        self._read()
        sync_ms, damaged_us = self._about()
        for box in others:
            own = self._settings, self.plugged, sync_ms, damaged_us, self._zone(), self.drill, self.is_full
            self._give(box, AboutBox(self._now_us(), *own, self.members))

    def receive(self, sender: str, message: AboutBox | WantConfig | ShopConfig, is_leader: bool) -> None:
        """Handle a message. `is_leader`: the sender leads and this box follows. Raises `OSError` if the file can't be
        read."""
        match message:
            case AboutBox():
                self.others.setdefault(sender, OtherBox()).hear(message, self._now_us())
                if is_leader and self._settings and shop_config.differences(self._settings, message.settings):
                    self._give(sender, WantConfig())
            case WantConfig() if not is_leader and self._file.stat().st_size <= CONFIG_BYTES:
                self._give(sender, ShopConfig(self._file.read_text(encoding="utf-8")))
            case ShopConfig(text=text) if is_leader and len(text) <= CONFIG_BYTES:
                # on a separate thread, as the link must keep receiving shipments
                threading.Thread(target=self._take, args=(text,), name="twin settings", daemon=True).start()

    def differences(self, box: str) -> tuple[str, ...]:
        """The settings that differ at a box; empty if it hasn't reported."""
        other = self.others.get(box)
        if other is None or not self._settings or not other.about.settings:
            return ()
        return shop_config.differences(self._settings, other.about.settings)[:DIFFERENCES]

    def zones(self, box: str) -> tuple[str, ...]:
        """The time zones of this machine and of `box` if they differ; else empty."""
        other = self.others.get(box)
        if other is None:
            return ()
        both = (self._zone(), other.about.zone)
        return both if are_apart(*both, self._now_us()) else ()

    def sync_ms(self, box: str) -> int:
        """The other box's sync time (p99 in ms); 0 if unknown."""
        other = self.others.get(box)
        return other.about.sync_ms if other else 0

    def is_other_full(self, box: str) -> bool:
        """Whether that box's disk is full."""
        other = self.others.get(box)
        return other is not None and other.about.is_full

    def _read(self) -> None:
        """Read the file if it has changed. If it's unreadable, it's being written: keep the previous content."""
        found = self._file.stat()
        stamp = (found.st_mtime_ns, found.st_size)
        if stamp == self._stamp:
            return
        try:
            text = self._file.read_text(encoding="utf-8")
            self._settings, self.plugged = shop_config.settings_of(text), shop_config.plugged_in(text)
        except ValueError:
            return
        self._stamp = stamp

    def _take(self, text: str) -> None:
        """Adopt the leader's settings, except those specific to this box. Skipped if this box couldn't start with them,
        as its software may be older; the page then shows the difference."""
        try:
            mine = self._file.read_text(encoding="utf-8")
            made = shop_config.merge_text(mine, text)
            if made == mine or shop_config.settings_of(made) == self._settings:
                return
            write_config(self._file, made)
        except (ConfigError, TOMLKitError, ValueError, OSError) as error:
            _log.warning("the other box's settings were rejected", why=str(error))
            return
        _log.info("the other box's settings were copied")
        self._changed()
