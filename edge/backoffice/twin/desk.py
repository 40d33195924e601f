"""Actions on the standby box, for the leader's page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from edge.backoffice.twin.copy import promises
from edge.backoffice.twin.copy.aside import Quarantine
from edge.backoffice.twin.copy.promises import Promises
from edge.backoffice.twin.membership import members, pairing
from edge.backoffice.twin.membership.key_renewal import KeyRenewal, renew_keys
from edge.backoffice.twin.membership.members import FOLDER, Member
from edge.backoffice.twin.membership.pairing import BoxGrant, BoxHeard, BoxKnock, PairingDesk
from edge.backoffice.twin.status import TwinStatus
from edge.backoffice.twin.wire.listening import can_listen_as
from edge.backoffice.twin.wire.wireless import is_by_wifi
from edge.core.journal.rows import Head
from edge.core.messages import Refusal
from edge.core.services import Service
from edge.runtime.backup_state.status import Drill
from edge.runtime.config import load
from sync.wire import Row
from twin.link_port import LINK_PORT

if TYPE_CHECKING:
    from edge.backoffice.twin.node import TwinNode  # imported only if there is a second box

GRANT_WAITS_S = 8.0
"""Time for the accepted machine to fetch its credentials before this box restarts as one of two."""
TAKEN_OUT_S = 5.0
UNREACHABLE_MS = 5_000
"""Time without a message after which a machine is shown as away."""


class KnockShown(msgspec.Struct, frozen=True):
    """A machine waiting to join, as shown."""

    id: str
    role: str
    host: str
    digits: str


class BoxesDesk:
    """Management of the shop's boxes.

    `page`: the port of this box's pages; `port`: the link's port, used while there is one box. `node`: None with a
    single box. `restart` restarts this process a moment later.
    """

    def __init__(
        self,
        folder: Path,
        config: Path,
        page: int,
        tls: bool,
        node: TwinNode | None,
        restart: Callable[[float], None],
        port: int = LINK_PORT,
    ) -> None:
        self._folder, self._config, self._page, self._tls, self._port = folder, config, page, tls, port
        self._node, self._end_in = node, restart
        self._pairing = PairingDesk(folder)
        self._aside = Quarantine(folder)
        self._changing = asyncio.Lock()
        """Held while membership is being changed: one change at a time."""
        self.is_beginning = False
        """Whether this process is about to restart as one of two boxes."""
        self.is_to_begin_anew = False
        """Whether the process restarts after it ends."""

    @property
    def status(self) -> TwinStatus | None:
        """The status of the boxes; None with a single box."""
        return self._node.status() if self._node else None

    def leads(self) -> bool:
        """Whether this box leads, so that its data is current."""
        return self._node is None or self._node.may_show()

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses of the boxes' pages, with this box's first; empty with a single box."""
        if self._node is None:
            return ()
        mine = self._node.members
        return tuple(one.page for one in (mine.mine, *mine.others) if one.page)

    @property
    def others(self) -> tuple[Member, ...]:
        """The other machines."""
        return self._node.members.others if self._node else ()

    def knocks(self) -> list[KnockShown]:
        """Machines waiting to join whose random number has arrived, with the digits to compare. May block on disk
        access.
        """
        own = self._pairing.certificate()
        waiting = [(id, one) for id, one in self._pairing.pending.items() if one.grant is None and one.theirs]
        return [
            KnockShown(id, knock.role, one.host, pairing.digits_of(own, knock.certificate, one.nonce, one.theirs))
            for id, one in waiting
            for knock in (one.knock,)
        ]

    def other_drill(self) -> Drill | None:
        """The newest backup test reported by another box; None with a single box."""
        if self._node is None:
            return None
        said = (other.about.drill for other in self._node.comparison.others.values())
        return max(said, key=lambda drill: drill.at_us, default=Drill())

    def put_aside(self) -> list[Row]:
        """Another box's sales during a promotion that still need a decision. May block on disk access."""
        return self._aside.rows()

    def close_quarantine(self) -> None:
        """Close the quarantine after all its rows were decided."""
        self._aside.close()

    async def knock(self, knock: BoxKnock, host: str) -> BoxHeard:
        """Answer a machine that asks to join. Raises `Refusal` if its key is invalid, or too many are waiting."""
        try:
            own = await asyncio.to_thread(self._pairing.certificate)
            heard = self._pairing.knock(knock, host, own)
        except ValueError as error:
            raise Refusal("twin_no_key") from error
        if heard is None:
            raise Refusal("busy", {"waiting": pairing.KNOCKS})
        return heard

    def reveal(self, id: str, theirs: str) -> str | None:
        """Exchange this box's random number for the machine's. None if there is no such request, or if the machine sent
        a different number before."""
        return self._pairing.reveal(id, theirs)

    def grant_of(self, id: str) -> BoxGrant | None:
        """The credentials of an accepted machine, returned once."""
        one = self._pairing.pending.get(id)
        if one is None or one.grant is None:
            return None
        del self._pairing.pending[id]
        if self._node is None:
            self.begin_anew(1.0)
        return one.grant

    async def accept(self, id: str) -> None:
        """Accept a machine whose digits match. After the first one, this box restarts as one of two. Raises `Refusal`
        if that's impossible."""
        async with self._changing:
            await self._accept(id)

    async def _accept(self, id: str) -> None:
        mine = self._node.members if self._node else None
        asks = self._pairing.pending.get(id)
        if asks is not None and asks.knock.role == "box" and await asyncio.to_thread(self._is_by_wifi, asks.host):
            raise Refusal("twin_wifi")
        all = await asyncio.to_thread(self._pairing.with_knock, id, mine, self._port, self._page, self._tls)
        if all is None:
            raise Refusal("twin_not_to_be_added")
        if self._node and not await asyncio.to_thread(self._node.may_vote_otherwise, all):
            raise Refusal("twin_others_behind")
        if mine is None and not await asyncio.to_thread(can_listen_as, all.mine):
            raise Refusal("twin_port_taken", {"port": self._port})  # otherwise this box couldn't start again
        stored = self._node.stored_promise if self._node else promises.of_the_first(all.me)
        text = await asyncio.to_thread(self._config.read_text)
        await asyncio.to_thread(self._pairing.let_in, id, all, stored, text)
        await asyncio.to_thread(members.save, self._folder, all)
        if self._node:
            await asyncio.to_thread(self._node.adopt, all)
        else:
            await asyncio.to_thread(Promises(self._folder / FOLDER).keep, stored)
            self.is_beginning = True
            self.begin_anew(GRANT_WAITS_S)

    async def refuse(self, id: str) -> None:
        self._pairing.pending.pop(id, None)

    @property
    def away(self) -> frozenset[str]:
        """The other machines that can't be reached."""
        heard = self._node.status().heard_ms if self._node else {}
        return frozenset(name for name, ms in heard.items() if not 0 <= ms < UNREACHABLE_MS)

    async def take_out(self, name: str, head: Head, now_us: int) -> KeyRenewal | None:
        """Remove a machine. If it can be reached, it destroys its keys; a box first loses the right to take over.

        If it can't be reached, the keys it knew are changed here (journal head `head`, time `now_us`). Raises `Refusal`
        if it isn't a member, or the other box can't be informed.
        """
        async with self._changing:
            return await self._take_out(name, head, now_us)

    async def _take_out(self, name: str, head: Head, now_us: int) -> KeyRenewal | None:
        node = self._node
        if node is None or all(one.name != name for one in node.members.others):
            raise Refusal("twin_not_there")
        is_away = name in self.away
        left = msgspec.structs.replace(node.members, all=tuple(one for one in node.members.all if one.name != name))
        is_box = node.members.of(name).role == "box"
        if is_box and not await asyncio.to_thread(node.exclude, name, TAKEN_OUT_S):
            raise Refusal("twin_still_an_heir")
        if not is_box and not await asyncio.to_thread(node.may_vote_otherwise, left):
            raise Refusal("twin_others_behind")
        node.say_taken_out(name)
        if not is_box:
            await asyncio.to_thread(members.save, self._folder, left)
            await asyncio.to_thread(node.adopt, left)
            return None
        renewed = None
        if is_away:
            # from here on, nothing is received from or sent to the absent box
            await asyncio.to_thread(node.adopt, left)
            renewed = await asyncio.to_thread(renew_keys, self._folder, head, now_us)
        self.begin_anew(1.0)
        await asyncio.to_thread(members.remove, self._folder)
        return renewed

    def _is_by_wifi(self, host: str) -> bool:
        """Whether a box would be reached by Wi-Fi without permission. May block on disk access."""
        return is_by_wifi(host) and not load(self._config).twin.wifi

    def begin_anew(self, seconds: float) -> None:
        """End this process cleanly in a moment, and start it again."""
        self.is_to_begin_anew = True
        self._end_in(seconds)

    async def hand_over(self) -> None:
        """Let the other box lead. Raises `Refusal` if that's not possible now."""
        if self._node is None or self._node.status().state != "both":
            raise Refusal("twin_not_ready")
        self._node.hand_over()
        return None


TWIN: Service[BoxesDesk] = Service(
    "twin", lambda site: BoxesDesk(site.config.folder, Path(), 0, False, None, lambda seconds: None)
)
