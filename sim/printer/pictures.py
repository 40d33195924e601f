"""Pictures, bar codes and QR codes as dots: images of mode 1 in which ink is 1."""

from __future__ import annotations

import numpy as np
import qrcode  # type: ignore[import-untyped]
import zxingcpp
from PIL import Image, ImageOps
from qrcode.exceptions import DataOverflowError  # type: ignore[import-untyped]

from sim.printer.bars import bars
from sim.printer.glyphs import cell
from sim.printer.ops import PAPER_DOTS, Bars, Bitmap, Matrix, Qr, Style

MAX_HEIGHT = 24_000
MAX_ZOOM = 2
LABEL_GAP_DOTS = 2
MATRIX = {
    "PDF417": zxingcpp.BarcodeFormat.PDF417,
    "Aztec": zxingcpp.BarcodeFormat.Aztec,
    "DataMatrix": zxingcpp.BarcodeFormat.DataMatrix,
}
QR_LEVELS = {"L": 1, "M": 0, "Q": 3, "H": 2}  # as the qrcode package numbers them


def bitmap(source: Bitmap) -> Image.Image:
    """The picture, limited to its data and the paper's width."""
    across, down = (source.height, source.width) if source.by_columns else (source.width, source.height)
    stride = (across + 7) // 8
    down = min(down, len(source.data) // stride if stride else 0)
    image = Image.frombytes("1", (stride * 8, down), source.data[: stride * down])
    if source.by_columns:
        image = image.transpose(Image.Transpose.TRANSPOSE)
    image = image.crop((0, 0, min(source.width, image.width, PAPER_DOTS), min(source.height, image.height, MAX_HEIGHT)))
    zoom_x, zoom_y = (min(max(zoom, 1), MAX_ZOOM) for zoom in (source.zoom_x, source.zoom_y))
    return image.resize((image.width * zoom_x, image.height * zoom_y), Image.Resampling.NEAREST)


def bar_code(op: Bars) -> Image.Image:
    """The bars and, if requested, the plain text. Raises ValueError for data invalid for the kind."""
    modules, text = bars(op.kind, op.data)
    row = Image.new("1", (len(modules), 1), 0)
    row.putdata([int(module) for module in modules])
    parts = [row.resize((row.width * op.style.module, op.style.height), Image.Resampling.NEAREST)]
    label = _label(text, Style(font=op.style.label_font))
    if op.style.label in ("above", "both"):
        parts.insert(0, label)
    if op.style.label in ("below", "both"):
        parts.append(label)
    return _stack(parts)


def qr_code(op: Qr) -> Image.Image:
    """Draw a QR code. Raises ValueError if the data are too long."""
    code = qrcode.QRCode(error_correction=QR_LEVELS[op.level], box_size=1, border=0)
    try:
        code.add_data(op.data)
        code.make(fit=True)
    except (DataOverflowError, ValueError) as err:
        raise ValueError(f"QR can't hold {len(op.data)} bytes") from err
    matrix = code.get_matrix()
    image = Image.new("1", (len(matrix), len(matrix)), 0)
    image.putdata([int(dark) for line in matrix for dark in line])
    return image.resize((image.width * op.module, image.height * op.module), Image.Resampling.NEAREST)


def matrix_code(op: Matrix) -> Image.Image:
    """Draw another 2D code. Raises ValueError for an unsupported kind, or data it can't hold."""
    kind = MATRIX.get(op.kind)
    if kind is None:
        raise ValueError(f"{op.kind} is not drawn")
    try:
        drawn = zxingcpp.create_barcode(op.data, kind).to_image(scale=op.module, add_quiet_zones=False)
    except (RuntimeError, ValueError) as err:
        raise ValueError(f"{op.kind} can't hold {len(op.data)} bytes") from err
    return ImageOps.invert(Image.fromarray(np.array(drawn))).convert("1", dither=Image.Dither.NONE)


def _label(text: str, style: Style) -> Image.Image:
    cells = [cell(char, style) for char in text]
    image = Image.new("1", (sum(one.width for one in cells), cells[0].height + LABEL_GAP_DOTS), 0)
    for place, one in enumerate(cells):
        image.paste(one, (place * one.width, LABEL_GAP_DOTS))
    return image


def _stack(parts: list[Image.Image]) -> Image.Image:
    """Stack pictures vertically, centred."""
    width = max(part.width for part in parts)
    image = Image.new("1", (width, sum(part.height for part in parts)), 0)
    y = 0
    for part in parts:
        image.paste(part, ((width - part.width) // 2, y))
        y += part.height
    return image
