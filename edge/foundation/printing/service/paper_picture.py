"""Process that renders a document as a printer would print it.

`python -m edge.foundation.printing.service.paper_picture` reads a `DrawPaper` as JSON from standard input, and writes
the paper as a PNG. It makes the same bytes as for a printer and draws them with the simulated printer (`sim/printer`),
so the picture matches the printout dot by dot. This takes half a second and a lot of memory, so the drawing code is
imported only here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec

from edge.core.process import child
from edge.foundation.printing.document import Document
from edge.foundation.printing.printers.charset import load_escpos
from edge.foundation.printing.printers.escpos import render
from edge.lib.errors import EdgeError
from edge.runtime.config.device_uses import PaperOptions

MODULE = "edge.foundation.printing.service.paper_picture"
MEMORY_BYTES = 2 * 1024**3
CPU_S = 20


class DrawPaper(msgspec.Struct, frozen=True):
    """A document and printer options."""

    document: Document
    options: PaperOptions


def main() -> int:
    """Handle one request; returns 0 if the picture was written to standard output."""
    load_escpos()  # before this process is sandboxed
    import escpos.printer  # noqa: F401

    import sim.printer.reading  # noqa: F401

    return child.answer(_paper_or_none, MEMORY_BYTES, CPU_S, _reads)


def _reads(data: bytes) -> Iterable[str]:
    options = msgspec.json.decode(data, type=DrawPaper).options
    own = Path(options.templates).rglob("*") if options.templates else ()
    return (options.logo, *(str(file) for file in own))


def _paper_or_none(data: bytes) -> bytes | None:
    asked = msgspec.json.decode(data, type=DrawPaper)
    try:
        return draw_paper(asked.document, asked.options)
    except EdgeError:
        return None


def draw_paper(document: Document, options: PaperOptions) -> bytes:
    """Render a document as a PNG. Raises `ConfigError` for an unusable logo or template."""
    from sim.printer.reading import read_papers

    known = options.known_profile
    pages = {number: name.lower() for name, number in known.pages.items()}
    return read_papers(render(document, options), pages, known.dots).drawings[0].png


if __name__ == "__main__":
    sys.exit(main())
