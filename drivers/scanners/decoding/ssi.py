"""Simple Serial Interface: packets of Zebra (Symbol, Motorola) scanners, with acknowledgements.

Pure: bytes in; codes, and bytes to answer, out. A packet is its length (without the checksum), an opcode, its source, a
status, data, and a checksum: the two's complement of the sum of all bytes before it, big-endian. Source: Zebra, "Simple
Serial Interface Programmer's Guide", 72E-40451; kinds of codes are from its table "Bar Code Types" for DECODE_DATA.
"""

from __future__ import annotations

from drivers.scanners.decoded import DecodedScan

CMD_ACK, CMD_NAK, DECODE_DATA, EVENT = 0xD0, 0xD1, 0xF3, 0xF6
REQUEST_REVISION, REPLY_REVISION = 0xA3, 0xA4
BEEP, ONE_SHORT_HIGH = 0xE6, 0
DECODER, HOST = 0, 4
RETRANSMITTED, MORE_FOLLOWS = 1, 2  # bits of the status
RESEND, NOT_UNDERSTOOD = 1, 2  # reasons for refusing a packet
HEAD_BYTES, CHECKSUM_BYTES = 4, 2

AIM = {
    **{0x01: "]A0", 0x02: "]F0", 0x03: "]C0", 0x06: "]I0", 0x07: "]G0", 0x08: "upca", 0x09: "upce", 0x0A: "]E4"},
    **{0x0B: "]E0", 0x0F: "]C1", 0x10: "upce", 0x11: "]L0", 0x13: "]A4", 0x16: "]E0", 0x1B: "]d0", 0x1C: "]Q0"},
    **{0x2D: "]z0", 0x30: "]e0", 0x31: "]e0", 0x32: "]e0"},
}
"""SSI's kinds of codes as in Scan; only those on which the manuals of all models agree."""


def packet(opcode: int, source: int, status: int = 0, data: bytes = b"") -> bytes:
    """A packet with length and checksum. `data`: at most 251 bytes."""
    body = bytes([HEAD_BYTES + len(data), opcode, source, status]) + data
    return body + (-sum(body) & 0xFFFF).to_bytes(CHECKSUM_BYTES, "big")


ACK = packet(CMD_ACK, HOST)


class SsiDecoder:
    """A `drivers.scanners.stream.Decoder` of packets. The caller must send its `answers`.

    A code in several packets is assembled. A code longer than `max_bytes` is dropped, but acknowledged, as the scanner
    would resend it forever. A packet resent because our answer was lost is acknowledged again, but counts as one scan.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._answers = bytearray()
        self.dropped = 0
        self.understood = False
        """Whether a whole packet was received, which shows that the line's speed is right."""
        self._held = bytearray()
        self._begun = bytearray()
        self._too_long = False
        self._last = b""

    @property
    def pending(self) -> bool:
        return bool(self._held or self._begun) or self._too_long

    def answers(self) -> bytes:
        """The answers to send since the last call."""
        due = bytes(self._answers)
        self._answers.clear()
        return due

    def feed(self, data: bytes) -> list[DecodedScan]:
        self._held += data
        codes: list[DecodedScan] = []
        while self._held:
            size = self._held[0] + CHECKSUM_BYTES
            if size < HEAD_BYTES + CHECKSUM_BYTES:
                del self._held[0]  # not a length: a zero byte that wakes a sleeping line, or noise
                continue
            if len(self._held) < size:
                break
            whole = bytes(self._held[:size])
            if sum(whole[:-CHECKSUM_BYTES]) + int.from_bytes(whole[-CHECKSUM_BYTES:], "big") & 0xFFFF:
                self._refuse(RESEND)
                self._held.clear()  # the start of the next one is unknown; the scanner resends it
                break
            del self._held[:size]
            self.understood = True
            codes += self._on_packet(whole)
        return codes

    def pause(self) -> list[DecodedScan]:
        """Request an incomplete packet again, and drop a code whose further packets don't arrive."""
        if self._held:
            self._held.clear()
            self._refuse(RESEND)
        else:
            self._drop_begun()
        return []

    def reset(self) -> None:
        self._held.clear()
        self._answers.clear()
        self._drop_begun()
        self._last = b""

    def _on_packet(self, whole: bytes) -> list[DecodedScan]:
        opcode, source, status = whole[1:HEAD_BYTES]
        data = whole[HEAD_BYTES:-CHECKSUM_BYTES]
        if source != DECODER or opcode in (CMD_ACK, CMD_NAK, REPLY_REVISION):
            return []
        if opcode not in (DECODE_DATA, EVENT):
            self._refuse(NOT_UNDERSTOOD)
            return []
        self._answers += ACK
        if opcode == EVENT:
            return []
        again = status & RETRANSMITTED and data == self._last
        self._last = data
        return [] if again else self._on_data(data, more=bool(status & MORE_FOLLOWS))

    def _on_data(self, data: bytes, more: bool) -> list[DecodedScan]:
        self._begun += data[1:]  # the first byte is the kind of code
        if len(self._begun) > self._max_bytes:
            self._too_long = True
            self._begun.clear()
        if more:
            return []
        if self._too_long:
            self._drop_begun()
            return []
        code = DecodedScan(bytes(self._begun).rstrip(b"\r\n"), AIM.get(data[0]) if data else None)
        self._begun.clear()
        return [code] if code.data else []

    def _drop_begun(self) -> None:
        self.dropped += bool(self._begun) or self._too_long
        self._begun.clear()
        self._too_long = False

    def _refuse(self, why: int) -> None:
        self._answers += packet(CMD_NAK, HOST, data=bytes([why]))
