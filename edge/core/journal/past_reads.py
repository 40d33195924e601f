"""Requests to the process that builds past views (`edge.app.past_child`)."""

from __future__ import annotations

from edge.core.journal.moments import PastMoment, find_moment, step_from
from edge.core.journal.past import PastFiles
from edge.core.process.reading_process import ReadQuestion
from edge.core.registry import Registry
from edge.core.storage.database import Connection, path_of


class FindMoment(ReadQuestion[PastMoment], frozen=True, tag=True):
    """Find the last row at a moment (UTC)."""

    at_us: int

    def read(self, db: Connection, registry: Registry) -> PastMoment:
        return find_moment(db, files_of(db).folder, self.at_us)


class FindStep(ReadQuestion[PastMoment | None], frozen=True, tag=True):
    """Find the moment after the next or previous row that mentions `about` ("": any) and has one of these event types
    (none: any)."""

    seq: int
    forward: bool
    about: str
    types: tuple[str, ...] = ()

    def read(self, db: Connection, registry: Registry) -> PastMoment | None:
        return step_from(db, self.seq, self.forward, self.about, self.types)


class MakeView(ReadQuestion[str], frozen=True, tag=True):
    """Return the file of the view as of a row, creating it if needed."""

    seq: int

    def read(self, db: Connection, registry: Registry) -> str:
        return str(files_of(db).view(db, registry, self.seq))


class KeepBases(ReadQuestion[bool], frozen=True, tag=True):
    """Create one missing base. Returns whether more are missing."""

    def read(self, db: Connection, registry: Registry) -> bool:
        return files_of(db).keep_bases(db, registry)


def files_of(db: Connection) -> PastFiles:
    """Past files of the ledger that a connection reads."""
    return PastFiles(path_of(db))
