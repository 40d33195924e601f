"""Vision process: `python -m edge.lib.sight.child FOLDER ...`. Reads questions from standard input and writes answers
to standard output.

Untrusted pictures are decoded only here, with bounded memory and at low priority, never in the till's process. It opens
only pictures in those folders (`sandbox`).
"""

from __future__ import annotations

import hashlib
import os
import resource
import struct
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from edge.lib.sight.kinds import (
    Answer,
    BottleMeasured,
    Bottles,
    CheckLayout,
    FindBottles,
    Fingerprint,
    FingerprintTaken,
    Follow,
    Followed,
    FrontsRead,
    LabelsRead,
    LayoutChecked,
    Look,
    Looked,
    Lookup,
    MeasureBottle,
    Prepare,
    Prepared,
    Probe,
    Probed,
    Propose,
    Proposed,
    Question,
    ReadFronts,
    ReadLabels,
    Recognise,
    Recognised,
    Renew,
    Wrong,
)
from sandbox.landlock import confine

if TYPE_CHECKING:
    from edge.lib.sight.registration import Reference

NICENESS = 15
MEMORY_BYTES = 3 << 30
"""Limit of address space, not of memory: enough for a picture of 36 megapixels."""
KEPT_BAYS = 8
HEAD = struct.Struct("!I")
_BROKEN = ("picture_broken", "picture_not_one", "picture_empty")


def main(folders: Sequence[str]) -> int:
    """Answer questions until the input closes."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    confine(folders=folders)
    eyes, questions = Eyes(), msgspec.msgpack.Decoder(Question)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while (question := _read(source)) is not None:
        data = msgspec.msgpack.encode(eyes.answer(questions.decode(question)))
        sink.write(HEAD.pack(len(data)) + data)
        sink.flush()
    return 0


class Eyes:
    """Answers questions about pictures, and caches recently used bays."""

    def __init__(self) -> None:
        import cv2

        from edge.lib.sight.similarity import Album

        cv2.setNumThreads(2)
        self._kept: dict[str, Reference] = {}
        self._album: tuple[str, Album] = ("", Album(()))

    def answer(self, question: Question) -> Answer:
        """Answer a question, or return the reason for having no answer."""
        from edge.lib.sight.pictures import PictureRefused

        try:
            return self._answer(question)
        except PictureRefused as refused:
            return Wrong(refused.code, refused.values)
        except MemoryError:
            return Wrong("picture_too_large", {"megapixels": 36})
        except FileNotFoundError:
            return Wrong("bay_without_reference")

    def _answer(self, question: Question) -> Answer:
        from edge.lib.sight import bay_proposal, bottles, facings, labels, pictures, registration

        match question:
            case Probe(data):
                pictures.decode(data)  # a truncated file may have an intact header
                return Probed(*pictures.probe(data))
            case Prepare(data, masks, side):
                pixels = pictures.decode(data, masks, side)
                return Prepared(pictures.encode(pixels), pixels.shape[1], pixels.shape[0])
            case Propose(data, corners, rows):
                return Proposed(*bay_proposal.propose_bay(pictures.decode(data), corners, rows))
            case CheckLayout():
                return LayoutChecked(facings.unjudged_facings(question.layout, self._reference(question)))
            case ReadLabels(data, corners, rows):
                return LabelsRead(*labels.read(pictures.decode(data), corners, rows))
            case Recognise():
                return self.recognise(question)
            case Renew():
                made = registration.from_there(
                    self._reference(question), pictures.decode(question.data, question.masks)
                )
                if made is None:
                    return Wrong("bay_not_seen")
                made = pictures.paint_masks(made, question.masks)  # the camera may have moved slightly
                return Prepared(pictures.encode(made), made.shape[1], made.shape[0])
            case Follow():
                return self.follow(question)
            case Fingerprint(data, masks):
                return FingerprintTaken(hashlib.sha256(pictures.decode(data, masks).tobytes()).hexdigest())
            case FindBottles(data, types):
                begun = time.monotonic()
                found_bottles = bottles.find(pictures.decode(data), types)
                return Bottles(found_bottles, round((time.monotonic() - begun) * 1000))
            case MeasureBottle():
                full, empty = pictures.decode(question.full), pictures.decode(question.empty)
                return BottleMeasured(bottles.measure_bottle(full, empty, question))
            case ReadFronts():
                return self.read_fronts(question)
            case Look():
                return Lookup(self.look(question))

    def look(self, ask: Look) -> Looked:
        """Analyse a bay. Raises `PictureRefused`."""
        from edge.lib.sight import dirt, facings, pictures, registration

        begun = time.monotonic()
        kept = self._reference(ask)
        picture = hashlib.sha256(ask.data).hexdigest()[:20]
        try:
            pixels = pictures.middle([pictures.decode(data, ask.masks) for data in (ask.data, *ask.more)])
        except pictures.PictureRefused as refused:
            if refused.code not in _BROKEN:
                raise
            return Looked("broken", picture=picture)
        kept = registration.reference_for(kept, pixels)
        seen = registration.register(kept, pixels)
        judged = facings.judge(ask.layout, kept, seen)
        soft = dirt.soft_patches(kept, seen.bay) if seen.state == "ok" else ()
        took = round((time.monotonic() - begun) * 1000)
        height, width = pixels.shape[:2]
        tall_pm = -(-seen.shift_pm * width // height)
        return Looked(seen.state, judged, seen.inliers, seen.shift_pm, took, picture, soft, tall_pm)

    def read_fronts(self, ask: ReadFronts) -> Answer:
        """Read the goods and their labels. Raises `PictureRefused`."""
        from edge.lib.sight import labels, pictures, registration

        pixels = pictures.decode(ask.data, ask.masks)
        kept = registration.reference_for(self._reference(ask), pixels)
        corners = registration.corners_now(kept, ask.layout, registration.register(kept, pixels))
        if corners is None:
            return Wrong("bay_not_seen")
        facings = {facing.id: facing for facing in ask.layout.facings}
        return FrontsRead(tuple(labels.front(pixels, corners, facings[id]) for id in ask.ids if id in facings))

    def follow(self, ask: Follow) -> Answer:
        """Find a bay again after its camera moved. Raises `PictureRefused`."""
        from edge.lib.sight import pictures, registration

        found = registration.follow_reference(self._reference(ask), ask.layout, pictures.decode(ask.data, ask.masks))
        if found is None:
            return Wrong("bay_not_found_again")
        full, bare, (one, two, three, four) = found
        bare_jpeg = b"" if bare is None else pictures.encode(bare, 95)
        return Followed((one, two, three, four), pictures.encode(full, 95), bare_jpeg)

    def _reference(self, ask: Look | Renew | Follow | CheckLayout) -> Reference:
        """Reference of the bay, cached or computed."""
        from edge.lib.sight import pictures, registration

        kept = self._kept.pop(ask.key, None) if ask.key else None
        if kept is None:
            full = pictures.decode(Path(ask.full).read_bytes(), ask.masks)
            bare = pictures.decode(Path(ask.bare).read_bytes(), ask.masks) if ask.bare else None
            kept = registration.reference_of(ask.layout, full, bare)
            if isinstance(ask, Look) and ask.night:
                night = pictures.decode(Path(ask.night).read_bytes(), ask.masks)
                kept = kept._replace(night=registration.by_night(kept, night))
        self._kept[ask.key] = kept
        while len(self._kept) > KEPT_BAYS:
            self._kept.pop(next(iter(self._kept)))
        return kept

    def recognise(self, ask: Recognise) -> Recognised:
        """Compare parts of a picture with the album. Raises `PictureRefused`."""
        from edge.lib.sight import pictures, registration
        from edge.lib.sight.similarity import Album

        begun = time.monotonic()
        if self._album[0] != ask.key:
            known = []
            for look in ask.album:
                try:
                    pixels = pictures.decode(Path(look.path).read_bytes(), formats=pictures.KEPT)
                except (OSError, pictures.PictureRefused):
                    continue  # skip files that were deleted meanwhile or can't be read
                known.append((look.sku, registration.part_of(pixels, look.corners, look.box)))
            self._album = ask.key, Album(known)
        picture = pictures.decode(ask.data)
        parts = [registration.part_of(picture, ask.corners, box) for box in ask.boxes or (None,)]
        found = tuple(self._album[1].rank(part) for part in parts)
        return Recognised(found, round((time.monotonic() - begun) * 1000))


def _read(source: IO[bytes]) -> bytes | None:
    head = source.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    return source.read(HEAD.unpack(head)[0])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
