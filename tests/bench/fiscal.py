"""`bench fiscal`: what France's law costs: `sign_ms` that a signature adds to a sale in the writer, and an archive made
(`export_s`) and verified (`verify_s`), as seconds of processor time for 200,000 papers; `missed`: tamperings not found.

Sales are done through the writer, in turn in a shop under the law and in one that is not; `sign_ms` is the difference
of the medians of processor time. `--count` papers are archived, and 200,000 are reckoned from these; the memory that is
printed is of this many.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import resource
import statistics
import tempfile
import time
import zipfile
from pathlib import Path

from edge.app.ledger import Ledger
from edge.core import ids
from edge.core.messages import Actor, Command, Done
from edge.core.secrets import keys as secret_keys
from edge.core.secrets.store import SecretStore
from edge.core.transaction import content_hash, encode
from edge.core.writer import Request
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.france.verification import verify_archive
from edge.shop.catalog.commands import SetProducts
from edge.shop.fiscal import FiscalKeys, settings_of
from edge.shop.fiscal.authority_files import Authorities
from edge.shop.fiscal.commands import CloseFiscalPeriods, StartRegime
from edge.shop.till.commands import AddLine, Pay
from tests.bench.measure import result
from tests.fiscal_shop import DAY_S, FRANCE
from tests.shop_fixture import CASHIER, CONFIG, MILK, PRODUCTS, SYSTEM, FakeClock, config

YEAR = 200_000
TAMPERINGS = 40
DAY = "2027-01-15"


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench fiscal")
    parser.add_argument("--count", type=int, default=1_000)
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
        export_s, verify_s, missed, peak_mb = _archived(Path(name) / "0", shops[0], clocks[0])
        for shop in shops:
            shop.close()
    scale = YEAR / args.count
    print(f"{args.count} papers: archived in {export_s:.2f} s, verified in {verify_s:.2f} s, at most {peak_mb:.0f} MB")
    result(sign_ms=sign_ms, export_s=export_s * scale, verify_s=verify_s * scale, missed=missed)
    return 0


def _archived(folder: Path, ledger: Ledger, clock: FakeClock) -> tuple[float, float, int, float]:
    loaded = config(folder, FRANCE)
    keys = FiscalKeys(SecretStore(loaded.folder, secret_keys.of_secrets(loaded.folder)))
    files = Authorities(ledger.registry, loaded.till_settings(), settings_of(loaded), keys)
    began = time.process_time()
    made = files.made(ledger.db, files.wanted(ledger.db, "fr", DAY, DAY, "", clock.at_us, "2027-01-16"))
    export_s = time.process_time() - began
    began = time.process_time()
    verify_archive(made.data, made.beside)
    verify_s = time.process_time() - began
    missed = sum(_is_right(_tampered(made.data, seed), made.beside) for seed in range(TAMPERINGS))
    return export_s, verify_s, missed, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


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
