"""QR codes for cameras and scanners."""

from __future__ import annotations

import base64


def qr_picture(text: str) -> str:
    """The QR code as an image `src`."""
    import zxingcpp

    svg = zxingcpp.write_barcode_to_svg(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode))
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
