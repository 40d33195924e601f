"""Renders documents as ESC/POS bytes with python-escpos.

Text in the profile's code pages is sent as characters in print order; lines with other characters are sent as graphics.
A right-to-left document uses one of the two throughout, for a uniform look.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from edge.foundation.printing.document import Bars, Document, DrawerPulse, Logo, Qr, Rule, Text
from edge.foundation.printing.layout import Laid, LayoutLine, Span, lay_out
from edge.foundation.printing.printers.charset import characters, encoder, for_escpos, load_escpos
from edge.foundation.printing.printers.pictures import Grid, draw_lines, logo, no_font
from edge.foundation.printing.templates import prepare
from edge.lib.errors import ConfigError, EdgeError
from edge.lib.fonts import can_draw, main_font
from edge.lib.i18n import direction, translate
from edge.lib.i18n.bidi import visual
from edge.lib.i18n.plain_marks import with_plain_marks
from edge.lib.printer_profiles import Profile
from edge.runtime.config.device_uses import PaperOptions

if TYPE_CHECKING:
    from PIL import Image

PICTURE_ROWS = 480
"""Rows of dots per piece of a picture: small printers can't buffer more."""
_GAP = b"\x1bJ\x10"
"""ESC J: a small gap above a barcode."""
_CUT = {"full": "FULL", "part": "PART"}
_BEEPS, _BEEP_LENGTH = 3, 2
"""Number of beeps and their length, in units of about 100 ms."""


def with_logo(options: PaperOptions, path: str) -> PaperOptions:
    """Options with the shop's logo, unless the printer has its own."""
    if options.logo or not path or not Path(path).is_file():
        return options
    return msgspec.structs.replace(options, logo=path)


def faults_of(options: PaperOptions, language: str) -> list[EdgeError]:
    """Return the faults in a printer's paper options: its logo, its template folder, and its characters or font for
    `language`. Empty if there are none."""
    faults: list[EdgeError] = []
    profile = options.known_profile
    if options.logo:
        try:
            logo(options.logo, profile.dots)
        except ConfigError as error:
            faults.append(error)
    if options.templates and not Path(options.templates).is_dir():
        faults.append(ConfigError(f"The folder {options.templates} with the shop's templates doesn't exist."))
    lacks = options.pictures or not characters(profile.name).issuperset(translate(language, "receipt.total"))
    if lacks and main_font() is None:
        faults.append(no_font())
    return faults


def render(document: Document, options: PaperOptions, calls: bool = False) -> bytes:
    """Render a document to bytes. Takes milliseconds, and half a second the first time (imports), so call it off the
    event loop.

    With `calls`, the buzzer sounds first (ESC B, as in most kitchen printers' manuals; python-escpos' `buzzer`). Raises
    `ConfigError` for an unusable logo or template.
    """
    load_escpos()
    from escpos.printer import Dummy

    profile = options.known_profile
    columns = options.columns or profile.columns
    own = characters(profile.name)
    laid = lay_out(document, columns, options.templates, lambda text: own.issuperset(text) or can_draw(text))
    chooser = encoder(profile.name)
    printer = Dummy(profile=for_escpos(profile), magic_encode_args={"encoder": chooser})
    if any(not isinstance(row, DrawerPulse) for row in laid):
        printer.hw("INIT")
    if calls and options.buzzer:
        printer.buzzer(times=_BEEPS, duration=_BEEP_LENGTH)
    pen = _Pen(printer, profile, options, columns, direction(document.language) == "rtl")
    pen.draw(laid)
    if document.cut and profile.cut != "none":
        printer.cut(mode=_CUT[profile.cut])
    elif document.cut:
        printer.print_and_feed(4)
    return bytes(printer.output)


def warm_up(options: PaperOptions, language: str) -> None:
    """Import and render the parts of a receipt, so that the first one isn't delayed. Call it like `render`."""
    rows = (Text(translate(language, "receipt.total")), Bars("4006381333931", "ean13"))
    render(Document(language, rows), options)
    prepare(options.templates)


class _Pen:
    """Draws rows with a python-escpos printer."""

    def __init__(
        self, printer: Any, profile: Profile, options: PaperOptions, columns: int, right_to_left: bool
    ) -> None:
        self._printer = printer
        self._profile = profile
        self._options = options
        self._right_to_left = right_to_left
        self._columns = columns
        self._grid = Grid(columns, profile.dots // columns, right_to_left)
        self._characters = characters(profile.name)
        self._drawn: list[LayoutLine | Rule] = []
        self._style = (False, 1)

    def draw(self, laid: list[Laid]) -> None:
        lines = [row for row in laid if isinstance(row, LayoutLine)]
        throughout = self._options.pictures or (
            self._right_to_left and any(self._printable_text(line) is None for line in lines)
        )
        pictures = throughout and main_font() is not None
        for row in laid:
            if pictures and isinstance(row, LayoutLine | Rule):
                self._drawn.append(row)
            else:
                self._row(row)
        self._send_drawn()

    def _row(self, row: Laid) -> None:
        if isinstance(row, LayoutLine):
            text = self._printable_text(row)
            if text is None and main_font() is not None:
                self._drawn.append(row)
                return
            self._send_drawn()
            self._print(text if text is not None else self._line_text(row), row.bold, row.size)
            return
        self._send_drawn()
        match row:
            case Rule():
                self._print("-" * self._columns, False, 1)
            case Qr(data):
                self._draw_centred(lambda: self._printer.qr(data, native=self._profile.qr, size=6))
            case Bars():
                self._draw_centred(lambda: self._bars(row))
            case Logo() if self._options.logo:
                self._picture(logo(self._options.logo, self._profile.dots), centred=True)
            case DrawerPulse():
                self._printer.cashdraw(2)

    def _printable_text(self, line: LayoutLine) -> str | None:
        """Return the line in printable characters from left to right; None if one is missing."""
        text = self._line_text(line)
        if text.isascii() or self._characters.issuperset(text):
            return text
        plainer = with_plain_marks(text, self._characters.__contains__)
        return plainer if self._characters.issuperset(plainer) else None

    def _line_text(self, line: LayoutLine) -> str:
        spans = [(self._place(span, line.columns), visual(span.text, self._right_to_left)) for span in line.spans]
        text = ""
        for start, part in sorted(spans):
            text = text.ljust(start) + part
        return text

    def _place(self, span: Span, columns: int) -> int:
        return columns - span.at - span.width_columns if self._right_to_left else span.at

    def _print(self, text: str, bold: bool, size: int) -> None:
        if (bold, size) != self._style:
            large = size == 2
            self._printer.set(bold=bold, normal_textsize=not large, double_width=large, double_height=large)
            self._style = (bold, size)
        self._printer.text(text + "\n")

    def _draw_centred(self, draw: Any) -> None:
        self._printer._raw(_GAP)
        self._printer.set(align="center")
        draw()
        self._printer.set(align="left")

    def _bars(self, bars: Bars) -> None:
        """Draw a barcode. Data that doesn't fit its kind, such as a wrong EAN check digit, is drawn as Code 128."""
        fits = bars.kind != "code128" and _is_ean(bars.data, int(bars.kind.removeprefix("ean")))
        kind, data = (bars.kind.upper(), bars.data) if fits else ("CODE128", "{B" + bars.data)
        # barcode() would choose one of these two itself and print its choice to standard output
        if self._profile.bars:
            self._printer._hw_barcode(data, kind, 80, 2, "BELOW", "A", False, "B", False)
        else:
            how = "bitImageRaster" if self._profile.raster else "bitImageColumn"
            self._printer._sw_barcode(kind.lower(), data.removeprefix("{B"), how, 10, 0.25, 4, 10, False)

    def _send_drawn(self) -> None:
        if self._drawn:
            lines, self._drawn = self._drawn, []
            self._picture(draw_lines(lines, self._grid), centred=False)

    def _picture(self, image: Image.Image, centred: bool) -> None:
        if centred:
            wide = image.crop((-((self._profile.dots - image.width) // 2), 0, image.width, image.height))
            image = wide
        for top in range(0, image.height, PICTURE_ROWS):
            self._raster(image.crop((0, top, image.width, min(top + PICTURE_ROWS, image.height))))

    def _raster(self, image: Image.Image) -> None:
        """Send GS v 0: rows of dots, eight per byte. Basic printers get columns (ESC *)."""
        if not self._profile.raster:
            self._printer.image(image.point(lambda ink: 255 - ink), impl="bitImageColumn", high_density_vertical=False)
            return
        across = (image.width + 7) // 8
        head = b"\x1dv0\0" + across.to_bytes(2, "little") + image.height.to_bytes(2, "little")
        self._printer._raw(head + image.tobytes())


def _is_ean(data: str, digits: int) -> bool:
    """Whether `data` is a valid GTIN of this length (GS1)."""
    if len(data) != digits or not (data.isascii() and data.isdigit()):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(data))) % 10 == 0
