"""How a box fetches a release from head office: bodies of `sync.wire.Ask`, room `software`."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sync.releases import PIECE_BYTES, PIECES, ReleaseVersion, SignedRelease

ROOM = "software"


class ReleasePart(msgspec.Struct, frozen=True):
    """Asks for what a release says of itself (`n` 0), or for piece `n` of its file, from 1; `turn`: whether this box
    may exchange its software now."""

    version: ReleaseVersion
    n: Annotated[int, msgspec.Meta(ge=0, le=PIECES)]
    turn: bool = False


class ReleaseAnswer(msgspec.Struct, frozen=True):
    """What was asked for; neither: head office does not have it. `turn`: it is this box's (also by a head office that
    was not asked for it yet)."""

    release: SignedRelease | None = None
    data: Annotated[bytes, msgspec.Meta(max_length=PIECE_BYTES)] = b""
    turn: bool = True


encode = msgspec.msgpack.encode
part_of = msgspec.msgpack.Decoder(ReleasePart).decode
answer_of = msgspec.msgpack.Decoder(ReleaseAnswer).decode
