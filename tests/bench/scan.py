"""`bench scan`: what a scan means, scans a second on one core; and photographs, against zxing-cpp called plainly.

The scans are as a grocery's till sees them: mostly EAN-13, some weighed at the counter, some GS1
codes with lots and dates, links, codes of the house, and a few that are broken. The photographs
are ../shared/data/barcode_photos; both sides open the file and decode it.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from edge.lib.codes.code import Code, ScanError
from edge.lib.codes.gtin import check_digit, expand_upce
from edge.lib.codes.parse import parse_scan
from edge.lib.codes.rules import make_rules
from tests.bench.measure import result

PHOTOS = Path(__file__).parents[3] / "shared" / "data" / "barcode_photos"
SEED = 7
T = TypeVar("T")
ARTICLES = ("ean13-3", "ean8-1", "rss14-1", "upca-2", "upce-2")
"""Folders whose truth is an article number; elsewhere it is the text."""


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench scan")
    parser.add_argument("--scans", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3, help="times that all of it is done; the best one counts")
    args = parser.parse_args(argv)
    random.seed(SEED)
    kinds = {name: [make() for _ in range(2_000)] for name, (_, make) in MIX.items()}
    for name, several in kinds.items():
        assert all(
            isinstance(parse_scan(scan, "", make_rules("se")), ScanError) == (name == "broken") for scan in several
        ), name
        print(f"{name:10}  {best(several * 5, args.runs):9.0f} a second")
    weights = [weight for weight, _ in MIX.values()]
    mixed = [random.choice(kinds[name]) for name in random.choices(list(MIX), weights, k=args.scans)]
    parse_per_s = best(mixed, args.runs)
    print(f"{'as sold':10}  {parse_per_s:9.0f} a second")
    if not PHOTOS.exists():
        print("missing: ../shared/data/barcode_photos")
        result(parse_per_s=parse_per_s)
        return 0
    result(parse_per_s=parse_per_s, **photographs(args.runs))
    return 0


def best(scans: list[str], runs: int) -> float:
    """Scans a second of the best run."""
    rules = make_rules("se")
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        for scan in scans:
            parse_scan(scan, "", rules, 2026)
        times.append(time.perf_counter() - began)
    return len(scans) / min(times)


def checked(digits: str) -> str:
    return digits + str(check_digit(digits))


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


def article() -> str:
    return checked(f"7{digits(11)}")


def weighed() -> str:
    return checked(f"23{digits(6)}{random.randint(1, 9999):04d}")


def elements() -> str:
    day = f"{random.randint(26, 29)}{random.randint(1, 12):02d}{random.randint(0, 28):02d}"
    return f"]d201{checked('0' + digits(12))}17{day}10L{digits(6)}\x1d21{digits(9)}"


def link() -> str:
    return f"https://id.gs1.org/01/{checked('0' + digits(12))}/10/L{digits(5)}?17=27{random.randint(1, 12):02d}15"


def broken() -> str:
    whole = article()
    return whole[:-1] + str((int(whole[-1]) + random.randint(1, 9)) % 10)


MIX: dict[str, tuple[int, Callable[[], str]]] = {
    "ean13": (70, article),
    "weighed": (12, weighed),
    "elements": (10, elements),
    "link": (3, link),
    "own": (3, lambda: f"R/1-{digits(6)}"),
    "broken": (2, broken),
}


def photographs(runs: int) -> dict[str, float]:
    """How many are read and how long it takes, by us and plainly."""
    import zxingcpp
    from PIL import Image

    from edge.app.cli.barcode_images import decode, open_picture
    from edge.lib.codes.parse import DEFAULT

    files = sorted(PHOTOS.glob("*/*.png"))
    ours, plain = [], []
    seen = plainly = 0
    for file in files:
        found, time_s = timed(lambda file=file: decode(open_picture(file), DEFAULT), runs)
        codes, plain_s = timed(lambda file=file: zxingcpp.read_barcodes(Image.open(file)), runs)
        ours.append(time_s)
        plain.append(plain_s)
        seen += any(is_right(file, code.text, code.gtin) for code in found)
        plainly += any(is_right(file, code.text, gtin_of(code.text)) for code in codes)
    medians = statistics.median(ours), statistics.median(plain)
    print(f"{len(files)} photographs: {seen} read in {medians[0] * 1000:.2f} ms (median), all in {sum(ours):.1f} s")
    print(f"zxing-cpp called plainly: {plainly} in {medians[1] * 1000:.2f} ms, all in {sum(plain):.1f} s")
    return {"read": seen / len(files), "read_plain": plainly / len(files), "time_ratio": medians[0] / medians[1]}


def timed(work: Callable[[], T], runs: int) -> tuple[T, float]:
    """What it gives, and the best time of several."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        given = work()
        times.append(time.perf_counter() - began)
    return given, min(times)


def is_right(file: Path, text: str, gtin: str | None) -> bool:
    truth = file.with_suffix(".txt").read_text(encoding="utf-8", errors="replace").strip()
    if file.parent.name not in ARTICLES:
        return text.strip() == truth
    return gtin == (expand_upce(truth) or truth if file.parent.name == "upce-2" else truth).zfill(14)


def gtin_of(text: str) -> str | None:
    code = parse_scan(text)
    return code.gtin if isinstance(code, Code) else None
