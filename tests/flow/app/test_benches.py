"""The benches run and print the figures that are recorded of them: one that no one runs for a while would rot unseen.

Small, so that what they print says nothing here. Those that take a quarter of a minute even so run by night; those that
take minutes (fleet, outage, kill, models) are left to whoever measures.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bench.assistant_meanings import DATA as DIALOGUES
from tests.bench.scan import PHOTOS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
LIMIT_S = 290.0
SMALL = {
    "assistant --cases 10 --products 600 --others 20 --spoken 4 --scans 20 --dialogues 2": {
        "till_p99_ms",
        "made_right_he",
        *({"right_en", "right_mixed", "at_once_fr", "wrong", "bound"} if DIALOGUES.exists() else ()),
        "false_actions",
        "turn_p95_ms",
        "copilot_p95_ms",
    },
    "fiscal --count 5 --tamperings 60": {"sign_ms", "export_s", "verify_s", "missed"},
    "feeds --rows 20 --hooks 16 --kills 0 --papers 0 --catalogue 50": {"rows_per_s", "again_per_s", "exact", "ocr_s"},
    "handover --pictures 10 --restarts 1": {"ms", "ratio", "restart_s"},
    "http --sales 20 --pairs 1": {"ratio", "ratio8", "ours_ms", "plain_ms"},
    "ledger --sales 10 --pairs 1 --behind 50": {"ratio", "tills32", "flat"},
    "production --seeds 1 --steps 20 --count 3 --goods 20 --kills 1 --kill-steps 10": {
        *("differences", "explode_ms", "can_make_s", "histories")
    },
    "promotions --promotions 20 --lines 10 --changes 4": {"ms"},
    "recover 2000": {"recover_s", "ratio", "events"},
    "office --stores 20 --rows 2000 --asks 2 --boxes 10 --prices 20": {"page_p95_ms", "beyond", "publish_flat"},
    "page --turns 2": {"ratio", "tls_ms", "first_tls_ms"},
    "scan --scans 500 --runs 1": {"parse_per_s", *(["read"] if PHOTOS.exists() else [])},
    "search --questions 20 --products 600": {"p95_ms", "top3", "index_s"},
    "siege --scans 40 --products 300 --strangers 4": {"till_ratio", "let_in", "asked"},
    "start --products 600 --behind 50 --starts 1": {"ready_s", "rss_mb"},
    "sync 2000": {"ratio", "ratio_projected", "hub_rss_mb", "uplink_mb"},
    "till --scans 40 --products 300 --pause-ms 0": {"p50_ms", "p99_ms"},
}


BY_NIGHT = {"assistant", "http", "ledger", "office", "siege", "start", "sync", "till"}


def benches() -> Iterator[Any]:
    for words in SMALL:
        yield pytest.param(words, marks=(pytest.mark.nightly,) if words.partition(" ")[0] in BY_NIGHT else ())


def run_bench(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.bench", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S, check=False)


@pytest.mark.parametrize("bench", list(benches()))
def test_a_bench_runs_and_prints_its_figures(bench: str) -> None:
    ran = run_bench(*bench.split())
    assert ran.returncode == 0, ran.stderr[-2000:]
    figures = json.loads(ran.stdout.splitlines()[-1])
    assert figures.keys() >= SMALL[bench]
    assert all(isinstance(figures[name], int | float) for name in SMALL[bench])


def test_what_is_no_bench_is_answered_with_the_names() -> None:
    ran = run_bench("apart")
    assert ran.returncode == 2
    assert all(bench.split()[0] in ran.stdout for bench in SMALL)
