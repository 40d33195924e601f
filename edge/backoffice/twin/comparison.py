"""What two boxes say of themselves, compared: settings, clocks, zones, disks. A follower takes the leader's
settings."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog
from tomlkit.exceptions import TOMLKitError

from edge.backoffice.twin import shop_config
from edge.backoffice.twin.frames import AboutBox, ShopConfig, WantConfig
from edge.backoffice.twin.limits import CLOCK_APART_S, CLOCKS, COMPARE_MS, CONFIG_BYTES, DIFFERENCES
from edge.backoffice.twin.machine_zone import are_apart, read_zone
from edge.lib.errors import ConfigError
from edge.runtime.backup_state.status import Drill
from edge.runtime.configuration import write_config
from twin.messages import Message

_log = structlog.get_logger(__name__)
_US = 1_000_000


class OtherBox:
    """What was heard of one box."""

    def __init__(self) -> None:
        self.about = AboutBox(0)
        self._apart_us: deque[int] = deque(maxlen=CLOCKS)

    def hear(self, about: AboutBox, now_us: int) -> None:
        self.about = about
        self._apart_us.append(about.at_us - now_us)

    @property
    def clock_s(self) -> int:
        """How far its clock is ahead of this box's; 0: no farther than may be."""
        apart_us = min(self._apart_us, key=abs, default=0)
        return apart_us // _US if len(self._apart_us) == CLOCKS and abs(apart_us) >= CLOCK_APART_S * _US else 0


class BoxComparison:
    """Of this box, whose config.toml is `file`. `give(to, message)` says it on the link; `about` what this box knows of
    its own disk and copy (ms, and us since the epoch). `changed` is called when this box took other settings, which
    hold from its next start on."""

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
        """The digest of the machines that this box knows."""
        self.drill = Drill()
        """The backup that this box tried last, while it followed."""

    def say_full(self, is_full: bool) -> None:
        """Whether this box's disk has room for what is shipped: said at the next look, where it changed."""
        if is_full != self.is_full:
            self.is_full, self._said_ms = is_full, -COMPARE_MS

    def say_members(self, digest: str) -> None:
        """Which machines this box knows: said at the next look, where it changed."""
        if digest != self.members:
            self.members, self._said_ms = digest, -COMPARE_MS

    def members_of(self, box: str) -> str:
        """The digest of the machines that a box knows; "": it has not said it."""
        other = self.others.get(box)
        return other.about.members if other else ""

    def say_drill(self, drill: Drill) -> None:
        self.drill = drill

    def look(self, others: Sequence[str], now_ms: int) -> None:
        """Say how this box is, now and then, to those that understand it. `OSError`."""
        if now_ms - self._said_ms < COMPARE_MS:
            return
        self._said_ms = now_ms
        self._read()
        sync_ms, damaged_us = self._about()
        for box in others:
            own = self._settings, self.plugged, sync_ms, damaged_us, self._zone(), self.drill, self.is_full
            self._give(box, AboutBox(self._now_us(), *own, self.members))

    def receive(self, sender: str, message: AboutBox | WantConfig | ShopConfig, is_leader: bool) -> None:
        """`is_leader`: the sender leads, and this box follows. `OSError`: the file cannot be read."""
        match message:
            case AboutBox():
                self.others.setdefault(sender, OtherBox()).hear(message, self._now_us())
                if is_leader and self._settings and shop_config.differences(self._settings, message.settings):
                    self._give(sender, WantConfig())
            case WantConfig() if not is_leader and self._file.stat().st_size <= CONFIG_BYTES:
                self._give(sender, ShopConfig(self._file.read_text(encoding="utf-8")))
            case ShopConfig(text=text) if is_leader and len(text) <= CONFIG_BYTES:
                # beside the link, which has shipments to hear
                threading.Thread(target=self._take, args=(text,), name="twin settings", daemon=True).start()

    def differences(self, box: str) -> tuple[str, ...]:
        """Which settings are not the same at that box; none, while it said nothing."""
        other = self.others.get(box)
        if other is None or not self._settings or not other.about.settings:
            return ()
        return shop_config.differences(self._settings, other.about.settings)[:DIFFERENCES]

    def zones(self, box: str) -> tuple[str, ...]:
        """To which zones this machine and that one are set, where they show another time; else none."""
        other = self.others.get(box)
        if other is None:
            return ()
        both = (self._zone(), other.about.zone)
        return both if are_apart(*both, self._now_us()) else ()

    def sync_ms(self, box: str) -> int:
        """How long that box's disk takes to sync what it is shipped (p99; 0: not known)."""
        other = self.others.get(box)
        return other.about.sync_ms if other else 0

    def is_other_full(self, box: str) -> bool:
        """Whether that box's disk has no room."""
        other = self.others.get(box)
        return other is not None and other.about.is_full

    def _read(self) -> None:
        """The file, where it changed; one that cannot be read counts as it was: somebody is writing it."""
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
        """The leader's settings, with what is this box's own. What this box could not start with it leaves: its
        software may be older, and the page says what differs."""
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
