"""A witness: a third machine that votes and stores nothing else."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path

from edge import __version__
from edge.backoffice.twin.copy.promises import Promises
from edge.backoffice.twin.membership.members import FOLDER, load, remove
from edge.backoffice.twin.wire import box_tls
from edge.backoffice.twin.wire.frames import Hello, TakenOut
from edge.backoffice.twin.wire.link import Link, boottime_ms
from twin.actions import Keep, Send
from twin.messages import Message
from twin.voter import Voter


class Witness:
    """Votes for the members in `folder`. It answers only after storing its promise; if the disk fails, it doesn't
    answer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        members = load(folder)
        self._promises = Promises(folder / FOLDER)
        self._turn = threading.Lock()
        self._voter = Voter(members.me, self._promises.load(), boottime_ms(), 1 + secrets.randbelow(2**62))
        self.link = Link(members, folder / FOLDER, Hello(members.me, "talk", __version__), self._receive)

    def start(self) -> None:
        self.link.start()

    def close(self) -> None:
        self.link.close()

    def _receive(self, sender: str, message: Message) -> None:
        if isinstance(message, TakenOut):
            box_tls.destroy(self._folder / FOLDER)
            remove(self._folder)
            self.link.close()
            return
        with self._turn:
            for action in self._voter.receive(sender, message, boottime_ms()):
                match action:
                    case Keep(stored=stored):
                        self._promises.keep(stored)
                    case Send(to=to, message=answer):
                        self.link.send(to, answer)
