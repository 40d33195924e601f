"""A box of the shop: connects the pure state machine of `twin` with clock, disk and link."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec
import structlog

from edge import __version__
from edge.backoffice.twin import promotion
from edge.backoffice.twin.copy import aside, data_files
from edge.backoffice.twin.copy.aside import AsideCourier
from edge.backoffice.twin.copy.copying import CopyReceiver, CopySender, OnWriter
from edge.backoffice.twin.copy.disk_room import DiskRoom
from edge.backoffice.twin.copy.history import ShipmentHistory
from edge.backoffice.twin.copy.ledger_copy import LedgerCopy
from edge.backoffice.twin.copy.promises import Promises
from edge.backoffice.twin.copy.self_check import SelfCheck
from edge.backoffice.twin.copy.shipping_gate import UNMARKED, ShippingGate
from edge.backoffice.twin.limits import PROBE_MS, TICK_S
from edge.backoffice.twin.membership.comparison import BoxComparison
from edge.backoffice.twin.membership.members import FOLDER, Members, remove, save
from edge.backoffice.twin.node_status import read_status
from edge.backoffice.twin.status import TwinStatus
from edge.backoffice.twin.wire import box_tls
from edge.backoffice.twin.wire.frames import AboutBox, Beside, Enlarged, Hello, PutAside, PutAsideHeard, TakenOut
from edge.backoffice.twin.wire.link import Link, boottime_ms
from edge.core.storage.migrate import newest
from edge.runtime.config import Config
from twin.actions import Actions, Ended, Keep, Led, LetOut, Replace, Send, Write, is_farewell
from twin.box import Box, NotLeading
from twin.messages import Image, Message, Ship
from twin.records import Mark, Stored

_log = structlog.get_logger(__name__)

STATUS_S = 0.02
DRAIN_MS = 3_000
"""How long a shop stays open after it may no longer answer. Then its connections end, and new ones get the status."""


class TwinNode:
    """A box.

    `led(term)` is called on a separate thread when the box becomes leader. `ended(why)` is called when it stops leading
    or can't keep its promises, and must end the process at once. `most_sync_ms`: a box whose disk is slower (p99) can't
    take over. `has_backups`: whether backups can be reached here. `has_failed_disk`: the previous process ended because
    of a disk failure.
    """

    def __init__(
        self,
        folder: Path,
        config: Path,
        members: Members,
        led: Callable[[int], None],
        ended: Callable[[str], None],
        most_sync_ms: int,
        has_backups: Callable[[Config], bool],
        has_failed_disk: bool = False,
    ) -> None:
        self.folder, self.members, self.most_sync_ms = folder, members, most_sync_ms
        self._led, self._ended = led, ended
        self._turn = threading.Condition(threading.RLock())
        self.copy = LedgerCopy(folder)
        self.history = ShipmentHistory(self.copy)
        self._promises = Promises(folder / FOLDER)
        stored = self._promises.load()
        self.box = Box(members.me, members.peers, stored, self.history, boottime_ms(), random.SystemRandom().randint)
        hello = self.hello = Hello(members.me, "talk", __version__, newest())
        self.gate = ShippingGate(folder, self)
        self._sender = CopySender(folder / "ledger.db", self.gate)
        self.link = Link(members, folder / FOLDER, hello, self.receive, self._sender.serve, self._link_ended)
        self._receiver = CopyReceiver(self.copy, self.link.fetch, self)
        self._courier = AsideCourier(folder, members.me, lambda to, *one: self.link.send(to, PutAside(*one)))
        self.comparison = BoxComparison(config, self.link.send, self.copy.about, self._take_settings)
        self._room = DiskRoom(folder / FOLDER, has_failed_disk)
        self.comparison.say_full(has_failed_disk)
        self.comparison.say_members(members.digest)
        self._check = SelfCheck(self.copy, config, self._doubt, self.comparison.say_drill, has_backups)
        self.led_us = self._schema = self._probed_ms = 0
        self._is_over = self._is_open = self.has_new_settings = self.has_failed_disk = False
        self._held_since_ms: int | None = None
        self._is_read_only: Callable[[], bool] = lambda: False
        self._shows_until_ms = -1
        self._said = TwinStatus(members.me, "", "follows")
        self.let_out = 0
        self.heard_ms: dict[str, int] = {}

    def start(self) -> None:
        """Start following, or continue to lead."""
        self.link.start()
        with self._turn:
            self._do(self.box.start(boottime_ms()))
            if self.box.leadership is None:
                self.copy.begin()
                self._check.start()
        threading.Thread(target=self._tick, name="twin ticks", daemon=True).start()

    def close(self) -> None:
        """Stop for a shutdown of the machine."""
        with self._turn:
            self._is_over = True
            self._turn.notify_all()
        self._check.stop()
        self.link.close()

    # for the ledger of a leader

    @property
    def last(self) -> Mark:
        return self.history.last

    @property
    def term(self) -> int:
        return self.box.voter.stored.term

    def ship(self, mark: Mark, body: bytes) -> bool:
        """Ship a commit, on the thread that commits; see `Committer`. Blocks while it's uncertain whether this box
        leads."""
        with self._turn:
            while not self._is_over:
                try:
                    self._do(self.box.commit(body, boottime_ms(), mark))
                    break
                except NotLeading:
                    self._turn.wait(TICK_S)
            return not self._is_over

    def broke(self, why: str) -> None:
        with self._turn:
            self._over(why)

    def wait(self, mark: Mark) -> bool:
        """Block while the other box may still accept this shipment."""
        with self._turn:
            while not self._is_over and self.let_out < mark.position:
                self._turn.wait()
            return not self._is_over

    def wait_until_it_leads(self, within_s: float = math.inf) -> None:
        """Block until this box certainly leads, has ended, or `within_s` has passed."""
        until_s = time.monotonic() + within_s
        with self._turn:
            while not self._is_over and not (self.history.leads and self.box.may_show(boottime_ms())):
                if time.monotonic() > until_s:
                    return
                self._turn.wait(TICK_S)

    @property
    def is_over(self) -> bool:
        """Whether this node has ended and must be created again."""
        return self._is_over

    def may_show(self) -> bool:
        """Whether this box leads, so that its data is current. Callable from any thread."""
        return not self._is_over and boottime_ms() < self._shows_until_ms

    # messages from other members

    def receive(self, sender: str, message: Message) -> None:
        if isinstance(message, Image) and message.image is None and not self._has_no_room():
            self._receiver.want(sender, message)
            return
        if self._of_the_members(sender, message):
            return
        with self._turn:
            self.heard_ms[sender] = boottime_ms()
            if isinstance(message, Ship | Image) and self._has_no_room():
                return  # the leader learns the reason and continues alone
            self._look_at_fitness()
            if not self._is_over:
                self._do(self.box.receive(sender, message, boottime_ms()))

    def _link_ended(self, name: str) -> None:
        """A process on another machine ended, as reported by that machine's kernel."""
        with self._turn:
            if not self._is_over:
                self._do(self.box.link_closed(name, boottime_ms()))

    def is_leading(self) -> bool:
        with self._turn:
            return self.box.leadership is not None and not self._is_over

    def _tick(self) -> None:
        while not self._is_over:
            with self._turn:
                if not self._is_over:
                    self._do(self.box.tick(boottime_ms()))
                    self._end_open_views(boottime_ms())
                holder = self.box.voter.holder
                self._schema = self.copy.schema
                self._look_at_fitness()
                self._turn.wait(TICK_S)
            with suppress(OSError):  # a full disk: retry in the next turn
                self.look_at_room()
                self.probe_disk(boottime_ms())
                self._courier.look(holder, boottime_ms())
                known, boxes = self.link.hellos, self.members.peers.boxes
                equals = [box for box in boxes if box in known and known[box].is_as_new_as(self.hello)]
                self.comparison.look(equals, boottime_ms())

    def look_at_room(self) -> None:
        """Check for disk space and report it to the other box. Raises `OSError`."""
        self.comparison.say_full(self._room.is_full())

    def _has_no_room(self) -> bool:
        return self.comparison.is_full and not self.history.leads

    def _look_at_fitness(self) -> None:
        """Check whether this box's software supports the leader's shipments and the ledger here."""
        said = self.link.hellos.get(self.box.voter.holder)
        is_as_new = said is None or self.hello.is_as_new_as(said)
        self.box.follower.is_fit = is_as_new and self._schema <= self.hello.schema
        self.box.follower.is_slow = self.copy.syncs.p99_ms > self.most_sync_ms

    def probe_disk(self, now_ms: int) -> None:
        """Test a slow disk again when there are no sales to show an improvement."""
        is_due = now_ms - self._probed_ms >= PROBE_MS
        if is_due and self.box.follower.is_slow and not self.history.leads:
            self._probed_ms = now_ms
            self.copy.syncs.probe(self.folder / FOLDER)

    def _doubt(self, why: str) -> None:
        """Mark this box's copy as damaged: it can't take over until the copy is repaired."""
        _log.error("the local copy of the ledger is damaged and is fetched again", why=why)
        with self._turn:
            if self.box.leadership is None and not self._is_over:
                with suppress(OSError):  # if the disk is full, the mark is lost at the next start
                    self.copy.doubt(time.time_ns() // 1_000)

    def _take_settings(self) -> None:
        """Restart to apply new settings. This is safe now, as this box only follows."""
        with self._turn:
            if self.box.leadership is None:
                self.has_new_settings = True
                self._over("it restarts with the other box's settings")

    def _end_open_views(self, now_ms: int) -> None:
        """Close open pages while it's uncertain whether this box leads, so that they can find the leader, or a person
        can promote this box."""
        leads = self.box.leadership
        if leads is None or not self._is_open or leads.may_show(now_ms):
            self._held_since_ms = None
        elif self._held_since_ms is None:
            self._held_since_ms = now_ms
        elif now_ms - self._held_since_ms >= DRAIN_MS:
            self._over("neither the other box nor the witness is heard")

    def _do(self, actions: Actions) -> None:
        has_ended = any(isinstance(action, Ended) for action in actions)
        try:
            for action in actions:
                if not has_ended or isinstance(action, Keep) or is_farewell(action):
                    self._one(action)
            if has_ended:
                self._over("another box is active")
        except OSError as error:
            self.has_failed_disk = True
            self._over(f"the disk doesn't store what this box acknowledged: {error}")
        leads, now_ms, before = self.box.leadership, boottime_ms(), self._shows_until_ms
        self._shows_until_ms = leads.shows_until_ms(now_ms) if leads else -1
        if before <= now_ms < self._shows_until_ms:
            self._turn.notify_all()

    def _one(self, action: object) -> None:
        match action:
            case Keep(stored=stored):
                self._promises.keep(stored)
            case Send(to=to, message=message):
                self.link.send(to, message)
            case Write(shipments=shipments) if self.box.leadership is not None:
                self.history.add(shipments)
            case Write(shipments=shipments):
                self.copy.append(shipments)
            case Replace(image=image, last=last):
                self.copy.replace(Path(image), last)
            case LetOut(position=position):
                self.let_out = position
                self._turn.notify_all()
            case Led(term=term):
                self._begin(term)

    def _begin(self, term: int) -> None:
        """Start leading. First, apply all shipments to the file and mark the copy as written by a leader."""
        if self.history.leads:
            return  # already leading: the only possible leader moves to a higher term after another box requested one
        goes_on = self.copy.was_led
        self.led_us = 0 if goes_on else time.time_ns() // 1_000
        self._check.stop()
        self.copy.settle()
        mark = self.copy.mark()
        self.history.lead_from(mark, is_known=not (goes_on and (self.folder / FOLDER / UNMARKED).exists()))
        _log.info("this box is active", term=term, position=mark.position)
        threading.Thread(target=self._led, args=(term,), name="twin leads", daemon=True).start()

    def status(self) -> TwinStatus:
        """The status; the previous one if this box is busy storing a promise. Callable from any thread."""
        if self._turn.acquire(timeout=STATUS_S):
            try:
                self._said = read_status(self)
            finally:
                self._turn.release()
        return self._said

    @property
    def stored_promise(self) -> Stored:
        """This box's promise, and the boxes it knows that may take over."""
        with self._turn:
            return self.box.voter.stored

    def adopt(self, members: Members) -> None:
        """Set the members and inform the other machines."""
        gone_or_there = self.members.others
        self._take_members(members)
        for one in gone_or_there:
            self.link.send(one.name, Enlarged(msgspec.json.encode(members)))

    def _take_members(self, members: Members) -> None:
        with self._turn:
            self.members = members
            self.comparison.say_members(members.digest)
            self.link.adopt(members)
            self._do(self.box.adopt(members.peers, boottime_ms()))

    def may_vote_otherwise(self, after: Members) -> bool:
        """Whether the members may change to these. Voters change only once the other box knows all current ones, and a
        majority of them must keep the right to lead."""
        with self._turn:
            if after.peers == self.members.peers:
                return True
            leads, digest = self.box.leadership, self.comparison.members
            others = (box for box in self.members.peers.boxes if box != self.members.me)
            known = all(self.comparison.members_of(box) == digest for box in others)
            return leads is not None and known and leads.heirs.is_certain

    def exclude(self, box: str, within_s: float) -> bool:
        """Ensure that a box can no longer be elected. Returns whether that is certain within `within_s`."""
        until_ms = boottime_ms() + int(within_s * 1000)
        with self._turn:
            while (leads := self.box.leadership) is not None and boottime_ms() < until_ms:
                leads.excluded.add(box)
                if leads.heirs.is_alone and leads.heirs.proposed_heirs.boxes == (self.members.me,):
                    return True
                self._turn.wait(TICK_S)
        return False

    @property
    def floor(self) -> int:
        """The journal position that some leader is known to have reached."""
        with self._turn:
            return self.box.voter.floor

    def say_taken_out(self, name: str) -> None:
        self.link.send(name, TakenOut())

    def _of_the_members(self, sender: str, message: Message) -> bool:
        """Handle messages about members (from the leader only) and about rows set aside. Returns whether `message` was
        one of these."""
        if isinstance(message, Beside):
            with suppress(OSError):  # a full disk: the other box sends it again
                self._hear_beside(sender, message)
            return True
        if not isinstance(message, Enlarged | TakenOut):
            return False
        with self._turn:
            if sender != self.box.voter.holder:
                return True
        if isinstance(message, TakenOut):
            with self._turn:
                self._leave_pair()
            return True
        said = msgspec.json.decode(message.members, type=Members)
        mine = msgspec.structs.replace(said, me=self.members.me)
        save(self.folder, mine)
        self._take_members(mine)
        return True

    def _hear_beside(self, sender: str, message: Beside) -> None:
        leads = self.is_leading()
        match message:
            case PutAsideHeard(name=name):
                self._courier.mark_given(name)
            case PutAside(name=name, rows=rows):
                if leads and aside.take(self.folder, name, rows):
                    self.link.send(sender, PutAsideHeard(name))
            case _:
                if leads and isinstance(message, AboutBox) and message.members not in ("", self.comparison.members):
                    self.link.send(sender, Enlarged(msgspec.json.encode(self.members)))  # the sender missed the change
                self.comparison.receive(sender, message, sender == self.box.voter.holder and not leads)

    def _leave_pair(self) -> None:
        """Leave the pair after this box was removed: destroy all keys and stop following."""
        box_tls.destroy(self.folder / FOLDER)
        data_files.destroy_keys(self.folder)
        remove(self.folder)
        self._over("it was taken out")

    def promote(self) -> None:
        """Promote this box after a person confirmed that the other box is off."""
        with self._turn:
            if not self.box.may_show(boottime_ms()) and not self._is_over:
                promotion.note(self.folder, self.box.promoted_term)
                self._do(self.box.promote(boottime_ms()))

    def leader_page(self) -> str:
        """The address of the leader's pages; "" if unknown. A box with a failing disk can't receive for a moment, and
        returns the last leader."""
        with self._turn:
            voter = self.box.voter
            known = {one.name: one.page for one in self.members.others}
            is_held = boottime_ms() < voter.held_until_ms or self.has_failed_disk
            return known.get(voter.holder, "") if is_held else ""

    def on_open(self, on_writer: OnWriter, is_read_only: Callable[[], bool]) -> None:
        """Called when the shop is open: from now on its ledger may be copied."""
        self._sender.on_writer, self._is_read_only, self._is_open = on_writer, is_read_only, True

    def spare_a_stuck_shop(self) -> None:
        """Hand over if this box's disk is failing and the other box's disk works."""
        if self._is_read_only() and self.status().state == "both":
            _log.warning("the ledger can't be written here: handing over to the other box")
            self.hand_over()

    def hand_over(self) -> None:
        """Hand over: accept no new commands, and let the other box lead once it has all commits."""
        with self._turn:
            if self.box.leadership is not None:
                self.box.leadership.hand_over()

    def _over(self, why: str) -> None:
        if self._is_over:
            return
        self._is_over = True
        self._turn.notify_all()
        _log.warning("this box is no longer active", why=why)
        self._ended(why)
