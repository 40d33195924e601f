"""Messages that send an answer to head office: bodies of `sync.wire.Ask`, room `support`."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.backoffice.support.events import CaseId

ROOM = "support"
PIECE_BYTES = 64 * 1024
ANSWER_BYTES = 20 * 1024 * 1024
"""Maximum size of an encrypted answer."""
HELP_BYTES = 1024 * 1024
"""Maximum size of an encrypted answer of remote help."""
PIECES = ANSWER_BYTES // PIECE_BYTES


class SupportPiece(msgspec.Struct, frozen=True):
    """Piece `n` (from 1) of the `of` pieces of an encrypted answer."""

    case: CaseId
    n: Annotated[int, msgspec.Meta(ge=1, le=PIECES)]
    of: Annotated[int, msgspec.Meta(ge=1, le=PIECES)]
    data: Annotated[bytes, msgspec.Meta(min_length=1, max_length=PIECE_BYTES)]


class SupportTaken(msgspec.Struct, frozen=True):
    """The result of sending a piece: stored, or not requested (any longer)."""

    said: Literal["held", "unknown"]


encode = msgspec.msgpack.encode
piece_of = msgspec.msgpack.Decoder(SupportPiece).decode
taken_of = msgspec.msgpack.Decoder(SupportTaken).decode


def pieces_of(case: str, sealed: bytes, most: int = ANSWER_BYTES) -> list[SupportPiece]:
    """Split an answer into pieces. Raises `ValueError` if it's longer than `most`."""
    if len(sealed) > most:
        raise ValueError(f"answer too large: {len(sealed)} bytes; the limit is {most}")
    starts = range(0, len(sealed), PIECE_BYTES)
    return [SupportPiece(case, at // PIECE_BYTES + 1, len(starts), sealed[at : at + PIECE_BYTES]) for at in starts]
