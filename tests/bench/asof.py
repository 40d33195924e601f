"""How fast the past is shown: `./run bench asof [EVENTS]` (1,000,000; sales of eight lines, two events each).

Bases are made first, as by night; then random minutes are asked for, each the first time (`first_s`), and steps from
there to the next fact and the one before (`step_s`). `bases` is what the bases take, of the ledger's bytes.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

from edge.core.journal.moments import find_moment
from edge.core.journal.past import PastFiles, open_view
from edge.core.journal.rows import read_head
from edge.core.registry import Registry
from edge.core.storage.database import Connection, open_reader
from edge.operations.ledger import build_registry
from tests.bench.fill import bench_config
from tests.bench.growth import live
from tests.bench.measure import percentile, result

EVENTS = 1_000_000
MINUTES = 12
T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done


def main(arguments: Sequence[str]) -> int:
    events = int(arguments[0]) if arguments else EVENTS
    with tempfile.TemporaryDirectory(prefix="bench-asof-") as folder:
        config = bench_config(Path(folder))
        live(config, events)
        registry, files = build_registry(config), PastFiles(config.ledger)
        with closing(open_reader(config.ledger)) as db:
            bases_s, _ = timed(partial(_keep_all, files, db, registry))
            index_s, _ = timed(partial(find_moment, db, files.folder, 1))
            chance, firsts, steps = random.Random(70), [], []
            head = read_head(db).seq
            for _ in range(MINUTES):
                seq = chance.randrange(2_000, head - 1)
                first_s, _ = timed(partial(_view, files, db, registry, seq))
                firsts.append(first_s)
                steps += [timed(partial(_view, files, db, registry, one))[0] for one in (seq + 1, seq - 1)]
            ledger_bytes = config.ledger.stat().st_size
            result(
                events=events,
                bases_s=round(bases_s, 1),
                index_s=round(index_s, 2),
                first_s=round(percentile(firsts, 95), 2),
                step_s=round(percentile(steps, 95), 2),
                bases=round(files.base_bytes() / ledger_bytes, 3),
                ledger_mb=round(ledger_bytes / 1e6),
            )
    return 0


def _keep_all(files: PastFiles, db: Connection, registry: Registry) -> int:
    while files.keep_bases(db, registry, most=8):
        pass
    return len(files.bases())


def _view(files: PastFiles, db: Connection, registry: Registry, seq: int) -> None:
    with closing(open_view(files.view(db, registry, seq), files.ledger, seq)) as then:
        assert then.execute("SELECT max(seq) FROM journal").fetchone() == (seq,)
        then.execute("SELECT * FROM stock_row LIMIT 100").fetchall()
