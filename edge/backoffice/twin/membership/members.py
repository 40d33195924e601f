"""Machines of this shop: `twin/members.json` in the data folder, present only with a standby box."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

import msgspec

from edge.core.storage.atomic_write import sync_folder, write_whole
from edge.core.storage.commit_gate import MEMBERS
from edge.lib.errors import NeedsHuman
from twin.records import Peers

FOLDER = str(MEMBERS.parent)
NO_WITNESS = "witness"
"""Placeholder for a third voter not added yet, which never answers."""
WITNESSES = (NO_WITNESS, "witness2", "witness3")
"""Names of witnesses, in order of joining."""


class Member(msgspec.Struct, frozen=True):
    """A machine. `host` and `port`: of its link; `page`: the address of its pages ("": a witness has none);
    `certificate`: the certificate of its key (PEM)."""

    name: str
    role: Literal["box", "witness"]
    host: str
    port: int
    page: str = ""
    certificate: str = ""


class Members(msgspec.Struct, frozen=True):
    """All machines, and which of them is this one."""

    me: str
    all: tuple[Member, ...]

    @property
    def mine(self) -> Member:
        return self.of(self.me)

    @property
    def others(self) -> tuple[Member, ...]:
        return tuple(one for one in self.all if one.name != self.me)

    def of(self, name: str) -> Member:
        return next(one for one in self.all if one.name == name)

    @property
    def digest(self) -> str:
        """A digest that is equal on all machines of a group. Addresses aren't included, as machines may reach each
        other by different addresses."""
        known = sorted((one.name, one.role, one.certificate) for one in self.all)
        return hashlib.sha256(msgspec.json.encode(known)).hexdigest()[:16]

    @property
    def peers(self) -> Peers:
        """The voters as the state machines expect them: always at least three, including a placeholder if the third is
        missing."""
        boxes = tuple(one.name for one in self.all if one.role == "box")
        others = tuple(one.name for one in self.all if one.role == "witness") or (NO_WITNESS,)
        return Peers((*boxes, *others), boxes)


def is_there(folder: Path) -> bool:
    """Whether a standby box is set up for this data folder."""
    return (folder / MEMBERS).exists()


def load(folder: Path) -> Members:
    """Load the members. Raises `NeedsHuman` if the file can't be read."""
    path = folder / MEMBERS
    try:
        return msgspec.json.decode(path.read_bytes(), type=Members)
    except (OSError, msgspec.DecodeError) as error:
        raise NeedsHuman(
            f"{path} doesn't list the boxes of this shop: {error}",
            "Remove this box on the other one's page, and add it again.",
        ) from error


def remove(folder: Path) -> None:
    """Make this a single box again."""
    (folder / MEMBERS).unlink(missing_ok=True)
    sync_folder(folder / FOLDER)


def save(folder: Path, members: Members) -> None:
    """Save the members; durable on return."""
    place = folder / FOLDER
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(folder / MEMBERS, msgspec.json.format(msgspec.json.encode(members)))
    sync_folder(place)
