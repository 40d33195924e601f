"""Messages to download a release from head office: bodies of `sync.wire.Ask`, room `software`."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sync.releases import PIECE_BYTES, PIECES, ReleaseVersion, SignedRelease

ROOM = "software"


class ReleasePart(msgspec.Struct, frozen=True):
    """Request a release's manifest (`n` 0), or part `n` (from 1) of its file. `turn`: ask whether this box may install
    now."""

    version: ReleaseVersion
    n: Annotated[int, msgspec.Meta(ge=0, le=PIECES)]
    turn: bool = False


class ReleaseAnswer(msgspec.Struct, frozen=True):
    """The requested data; empty if head office doesn't have the release. `turn`: whether this box may install, always
    True if it didn't ask."""

    release: SignedRelease | None = None
    data: Annotated[bytes, msgspec.Meta(max_length=PIECE_BYTES)] = b""
    turn: bool = True


encode = msgspec.msgpack.encode
part_of = msgspec.msgpack.Decoder(ReleasePart).decode
answer_of = msgspec.msgpack.Decoder(ReleaseAnswer).decode
