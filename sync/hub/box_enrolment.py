"""Giving a box its name and password at the broker: by the command on head office's machine, or for a code of its page.
One way for both."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import msgspec

from sync.enrolment import Enrolment
from sync.hub.access import AccessFiles
from sync.hub.model import Key


class BrokerPlace(msgspec.Struct, frozen=True, kw_only=True):
    """The broker as boxes reach it, and the `folder` of its files. `ca`: whose word they take there, as PEM;
    `signing_key`: the public half of what signs directives."""

    folder: Path
    host: str
    port: int
    tls: bool = True
    ca: str = ""
    signing_key: str = ""

    @property
    def files(self) -> AccessFiles:
        return AccessFiles(self.folder)

    def enrol(self, box: Key, admit: Callable[[Collection[Key]], None]) -> Enrolment:
        """A new password for a box; the one before holds until the broker reads its files again. `admit` is shown which
        boxes have one, and raises where this one gets none. `OSError`: the files cannot be written."""
        said = {"host": self.host, "port": self.port, "tls": self.tls, "ca": self.ca, "signing_key": self.signing_key}
        whole = msgspec.convert({**msgspec.to_builtins(box), **said, "password": "-" * 16}, Enrolment)
        password = self.files.give(whole.user, lambda users: admit(boxes_of(users)))
        return msgspec.structs.replace(whole, password=password)


def boxes_of(users: Collection[str]) -> list[Key]:
    """Those of the broker's users that are boxes."""
    return [Key(*user.split("/")) for user in users if user.count("/") == 2]
