"""Reads a file of printer bytes as the papers they would have printed."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from sim.printer.codepages import EPSON
from sim.printer.escpos import Interpreter
from sim.printer.ops import PAPER_DOTS, Beep, Cut, Kick, Op, Query
from sim.printer.paper import Drawing, draw

MAX_PAPERS = 200  # per file; later ones aren't drawn, and `unknown` says so


class Papers(msgspec.Struct, frozen=True):
    """`drawings` from cut to cut; `kicks` counts pulses to the drawer; `unknown` names skipped commands."""

    drawings: tuple[Drawing, ...]
    kicks: int
    unknown: tuple[str, ...]


def read_papers(data: bytes, code_pages: Mapping[int, str] = EPSON, paper_dots: int = PAPER_DOTS) -> Papers:
    """Draw all of `data`, which can be any bytes. The rest after the last cut is a paper too."""
    interpreter = Interpreter(code_pages, paper_dots=paper_dots)
    drawings: list[Drawing] = []
    paper: list[Op] = []
    kicks = 0
    for op in interpreter.feed(data):
        if isinstance(op, Kick):
            kicks += 1
        elif isinstance(op, Cut):
            drawings.append(draw([*paper, op], paper_dots))
            paper.clear()
        elif not isinstance(op, Query | Beep):
            paper.append(op)
        if len(drawings) == MAX_PAPERS:
            interpreter.note(f"more than {MAX_PAPERS} papers")
            break
    else:
        if paper:
            drawings.append(draw(paper, paper_dots))
    return Papers(tuple(drawings), kicks, tuple(interpreter.unknown))
