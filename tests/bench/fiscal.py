"""`bench fiscal`: what France's law costs: `sign_ms` that a signature adds to a sale in the writer, an archive made
(`export_s`) and verified (`verify_s`), as seconds of processor time for 200,000 papers; `till_ratio`: a sale's p99
while another process makes archives all the time, beside that alone; `missed`: tamperings not found.

Sales are done through the writer, in turn in a shop under the law and in one that is not; `sign_ms` is the difference
of the medians of processor time. `--count` papers are archived, and 200,000 are reckoned from these; the memory that is
printed is of this many. `--tamperings` single bits are changed, in turn in an archive, in its file as it was noted, and
in the ledger, of a small shop: each has to be found by what looks at it.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from edge.accounting.fiscal import FiscalKeys, settings_of
from edge.accounting.fiscal.authority_files import Authorities
from edge.accounting.fiscal.commands import CloseFiscalPeriods, StartRegime
from edge.core import ids
from edge.core.journal.rows import check_chain
from edge.core.messages import Actor, Command, Done
from edge.core.secrets import keys as secret_keys
from edge.core.secrets.store import SecretStore
from edge.core.storage.database import Connection, open_reader
from edge.core.till_first import TillFirstElsewhere
from edge.core.transaction import content_hash, encode
from edge.core.writer import Request
from edge.counter.till.commands import AddLine, Pay
from edge.counter.till.from_config import till_settings
from edge.goods.catalog.commands import SetProducts
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.france.verification import verify_archive
from edge.operations.ledger import Ledger, build_registry
from models.worker import cpu_priority
from tests.bench.measure import percentile, result
from tests.fiscal_shop import DAY_S, FRANCE
from tests.shop_fixture import CASHIER, CONFIG, MILK, PRODUCTS, SYSTEM, FakeClock, config

YEAR = 200_000
TAMPERINGS = 10_000
SMALL, BESIDE = 25, 300
"""Papers of the shop that is tampered with, and sales beside an export."""
DAY = "2027-01-15"


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench fiscal")
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--tamperings", type=int, default=TAMPERINGS)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-fiscal-") as name:
        clocks = (FakeClock(), FakeClock())
        texts = (FRANCE, CONFIG)
        shops = [_shop(Path(name) / str(at), texts[at], clocks[at]) for at in range(2)]
        spent: list[list[float]] = [[], []]
        for _ in range(args.count):
            for shop, times in zip(shops, spent, strict=True):
                _do(shop, AddLine(MILK), CASHIER)
                began = time.thread_time()
                _do(shop, Pay("card"), CASHIER)
                times.append((time.thread_time() - began) * 1000)
        sign_ms = statistics.median(spent[0]) - statistics.median(spent[1])
        clocks[0].advance(DAY_S)
        while _do(shops[0], CloseFiscalPeriods(), Actor("system", "system", "1", SYSTEM.rights)).result:
            pass
        export_s, verify_s, peak_mb = _archived(Path(name) / "0", shops[0], clocks[0])
        till_ratio = _beside(Path(name) / "0", shops[0], clocks[0])
        for shop in shops:
            shop.close()
        missed = _missed(Path(name) / "small", args.tamperings)
    scale = YEAR / args.count
    print(f"{args.count} papers: archived in {export_s:.2f} s, verified in {verify_s:.2f} s, at most {peak_mb:.0f} MB")
    result(sign_ms=sign_ms, export_s=export_s * scale, verify_s=verify_s * scale, till_ratio=till_ratio, missed=missed)
    return 0


def _archived(folder: Path, ledger: Ledger, clock: FakeClock) -> tuple[float, float, float]:
    files = _files(folder, ledger)
    began = time.process_time()
    made = files.make_file(ledger.db, files.plan_file(ledger.db, "fr", DAY, DAY, "", clock.at_us, "2027-01-16"))
    export_s = time.process_time() - began
    began = time.process_time()
    verify_archive(made.data, made.beside)
    verify_s = time.process_time() - began
    return export_s, verify_s, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _files(folder: Path, ledger: Ledger) -> Authorities:
    loaded = config(folder, FRANCE)
    keys = FiscalKeys(SecretStore(loaded.folder, secret_keys.of_secrets(loaded.folder)))
    return Authorities(ledger.registry, till_settings(loaded), settings_of(loaded), keys)


def _beside(folder: Path, ledger: Ledger, clock: FakeClock) -> float:
    """How much longer a sale takes (p99, by the clock) while another process makes archives of the same ledger."""
    alone = _sales_ms(ledger)
    script = (
        "import sys; from pathlib import Path; from tests.bench.fiscal import export_for_ever;"
        f" export_for_ever(Path({str(folder)!r}), {clock.at_us})"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()  # it has begun
        beside = _sales_ms(ledger)
    finally:
        process.kill()
        process.wait()
    return percentile(beside, 0.99) / percentile(alone, 0.99)


def export_for_ever(folder: Path, at_us: int) -> None:
    """Archive the day again and again, with a connection of its own, as the page's worker does."""
    loaded = config(folder, FRANCE)
    registry = build_registry(loaded)
    keys = FiscalKeys(SecretStore(loaded.folder, secret_keys.of_secrets(loaded.folder)))
    files = Authorities(registry, till_settings(loaded), settings_of(loaded), keys)
    os.nice(cpu_priority.NICE)
    while True:
        db = open_reader(loaded.ledger)
        print("begun", flush=True)
        files.make_file(
            db,
            files.plan_file(db, "fr", DAY, DAY, "", at_us, "2027-01-16"),
            TillFirstElsewhere(db, clock=lambda: at_us / 1e6).rest,
        )
        db.close()


def _sales_ms(ledger: Ledger) -> list[float]:
    times = []
    for _ in range(BESIDE):
        _do(ledger, AddLine(MILK), CASHIER)
        began = time.perf_counter()
        _do(ledger, Pay("card"), CASHIER)
        times.append((time.perf_counter() - began) * 1000)
    return times


def _missed(folder: Path, count: int) -> int:
    """Changes of one bit that nothing finds."""
    clock = FakeClock()
    ledger = _shop(folder, FRANCE, clock)
    for _ in range(SMALL):
        _do(ledger, AddLine(MILK), CASHIER)
        _do(ledger, Pay("card"), CASHIER)
    clock.advance(DAY_S)
    while _do(ledger, CloseFiscalPeriods(), Actor("system", "system", "1", SYSTEM.rights)).result:
        pass
    files = _files(folder, ledger)
    made = files.make_file(ledger.db, files.plan_file(ledger.db, "fr", DAY, DAY, "", clock.at_us, "2027-01-16"))
    ledger.db.execute("DROP TRIGGER journal_is_append_only_u")
    (rows,) = ledger.db.execute("SELECT max(seq) FROM journal").fetchone()
    missed = 0
    for seed in range(count):
        chance = random.Random(seed)
        match seed % 3:
            case 0:
                missed += _is_right(_tampered(made.data, seed), made.beside)
            case 1:
                data = bytearray(made.data)
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
                missed += hashlib.sha256(data).hexdigest() == made.sha256
            case _:
                missed += not _found_in_the_ledger(ledger.db, chance, rows)
    ledger.close()
    return missed


def _found_in_the_ledger(db: Connection, chance: random.Random, rows: int) -> bool:
    """Whether the chain of the journal finds that a bit of a row's body is another one; it is put back."""
    seq = chance.randint(1, rows)
    (body,) = db.execute("SELECT body FROM journal WHERE seq = ?", (seq,)).fetchone()
    changed = bytearray(body)
    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    db.execute("UPDATE journal SET body = ? WHERE seq = ?", (bytes(changed), seq))
    found = next(iter(check_chain(db)), None) is not None
    db.execute("UPDATE journal SET body = ? WHERE seq = ?", (body, seq))
    return found


def _tampered(data: bytes, seed: int) -> bytes:
    """The archive with one byte of one table changed."""
    chance, target = random.Random(seed), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(target, "w") as copy:
        chosen = chance.choice([info.filename for info in archive.infolist() if info.file_size])
        for info in archive.infolist():
            body = bytearray(archive.read(info))
            if info.filename == chosen:
                body[chance.randrange(len(body))] ^= 1 << chance.randrange(7)
            copy.writestr(info, bytes(body))
    return target.getvalue()


def _is_right(data: bytes, jws: str) -> bool:
    try:
        verify_archive(data, jws)
    except FiscalFault:
        return False
    return True


def _shop(folder: Path, text: str, clock: FakeClock) -> Ledger:
    folder.mkdir()
    ledger = Ledger(config(folder, text), clock)
    _do(ledger, SetProducts(PRODUCTS), SYSTEM)
    if text == FRANCE:
        _do(ledger, StartRegime("fr"), SYSTEM)
    return ledger


def _do(ledger: Ledger, command: Command, actor: Actor) -> Done:
    """One command in a commit of its own."""
    spec = ledger.registry.commands[type(command)]
    id = ids.command_id(ledger.clock.read().at_us, os.urandom(10))
    answers: list[object] = []
    request = Request(spec, command, actor, id, content_hash(spec.name, encode(command)), True)
    durable = ledger.writer.run([request], lambda _, answer: answers.append(answer))
    answers += [answer for _, answer in durable]
    answer = answers[-1]
    assert isinstance(answer, Done), answer
    return answer
