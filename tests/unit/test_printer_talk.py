"""A turn's conversation, as scripts: what is written, and what the printer says to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from drivers.printers import escpos_session as talk
from drivers.printers.escpos_replies import ASK_MODEL, ASK_PROCESSED, ASK_STATUS, TELL_CHANGES, ask_processed
from drivers.printers.escpos_session import EscposSession, Unconfirmed
from drivers.roles import DeviceError, PrinterStatus
from tests.shop_fixture import run

WELL = b"\x12\x12\x12\x12"
NO_PAPER = b"\x1a\x32\x12\x7e"
JOB = b"a receipt"


class Script:
    """A Line whose printer answers by `says`: what was just written in, what it says to it out."""

    reads = True
    shared = False

    def __init__(self, says: Callable[[bytes], bytes]) -> None:
        self._says = says
        self._said = b""
        self.written: list[bytes] = []

    async def write(self, data: bytes) -> None:
        self.written.append(data)
        self._said += self._says(data)

    async def read(self, timeout_ms: int) -> bytes:
        said, self._said = self._said, b""
        await asyncio.sleep(0 if said else timeout_ms / 1000)
        return said

    async def finish(self) -> None:
        pass

    def say(self, data: bytes) -> None:
        self._said += data


@pytest.fixture(autouse=True)
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANSWER_MS", "ASK_AGAIN_MS", "QUIET_MS"):
        monkeypatch.setattr(talk, name, 10)
    monkeypatch.setattr(talk, "CONFIRM_MS", 60)


def quiet(status: PrinterStatus | None) -> bool:
    return False


def test_paper_that_is_out_in_the_middle_is_waited_for_longer_than_any_limit() -> None:
    told: list[str] = []

    def says(data: bytes) -> bytes:
        if data != ASK_STATUS:
            return b""
        return NO_PAPER if len(told) < 20 else WELL + b"\x00"

    def tell(status: PrinterStatus | None) -> bool:
        assert status is not None
        told.append(status.paper)
        return False

    async def scenario() -> None:
        assert await EscposSession(Script(says), "printer").print(JOB, "status", b"0001", tell) == "printed"
        assert told[:20] == ["out"] * 20

    run(scenario())


def test_a_printer_in_which_nothing_is_wrong_must_say_so_in_time() -> None:
    async def scenario() -> None:
        line = Script(lambda data: WELL if data == ASK_STATUS else b"")
        with pytest.raises(Unconfirmed, match="did not say"):
            await EscposSession(line, "printer").print(JOB, "status", b"0001", quiet)
        assert line.written[0] == JOB + ASK_PROCESSED

    run(scenario())


def test_another_job_s_mark_confirms_nothing() -> None:
    async def scenario() -> None:
        line = Script(lambda data: b"\x37\x220007\x00" if data.startswith(JOB) else b"")
        with pytest.raises(Unconfirmed):
            await EscposSession(line, "printer").print(JOB, "process_id", b"0008", quiet)
        assert line.written[0] == JOB + ask_processed(b"0008")

    run(scenario())


def test_answers_that_were_owed_do_not_confirm_the_next_job() -> None:
    """On a serial line, the answer to a job that was given up comes when the printer gets round to it."""

    async def scenario() -> None:
        line = Script(lambda data: {ASK_PROCESSED: b"\x00\x00", ASK_STATUS: WELL}.get(data, b""))
        talk = EscposSession(line, "printer")
        assert await talk.works()
        with pytest.raises(Unconfirmed):
            await talk.print(JOB, "status", b"0001", quiet)

    run(scenario())


def test_one_that_answers_and_never_gets_round_to_it_does_not_work() -> None:
    async def scenario() -> None:
        talk = EscposSession(Script(lambda data: WELL if data == ASK_STATUS else b""), "printer")
        assert await talk.status() == PrinterStatus(drawer_pin="low")
        assert not await talk.works()

    run(scenario())


def test_silence_is_no_status_and_noise_is_no_printer() -> None:
    async def scenario() -> None:
        assert await EscposSession(Script(lambda data: b""), "printer").status() is None
        assert await EscposSession(Script(lambda data: WELL[:3]), "printer").status() is None
        with pytest.raises(DeviceError, match="not a receipt printer"):
            await EscposSession(Script(lambda data: b"login: "), "printer").status()

    run(scenario())


@pytest.mark.parametrize(
    ("says", "met"),
    [
        (b"_TM-T88V\x00\x00", ("TM-T88V", True)),
        (b"_TM-T88V\x00", ("TM-T88V", False)),
        (b"\x00", ("", True)),
        (b"", ("", False)),
    ],
)
def test_it_says_its_name_and_that_it_works_or_nothing(says: bytes, met: tuple[str, bool]) -> None:
    async def scenario() -> None:
        line = Script(lambda data: says)
        assert await EscposSession(line, "printer").meet() == met
        assert line.written == [ASK_MODEL + ASK_PROCESSED], "together: an answer to one alone tells of the other"

    run(scenario())


def test_what_it_tells_by_itself_is_heard_until_that_is_enough() -> None:
    told: list[str] = []

    def tell(status: PrinterStatus) -> bool:
        told.append(status.paper)
        return status.paper == "out"

    async def scenario() -> None:
        line = Script(lambda data: WELL + b"\x10\x00\x00\x00\x10\x00\x03\x00\x18\x00\x0f\x00")
        talk = EscposSession(line, "printer", tells=True)
        assert await talk.status() == PrinterStatus(drawer_pin="low")
        assert line.written == [ASK_STATUS + TELL_CHANGES]
        line.say(b"\x10\x00\x03\x00\x18\x00\x0f\x00")
        await talk.listen(tell, 5)
        assert told == ["near_end", "out"]

    run(scenario(), 3)


def test_trouble_in_the_middle_is_told_at_once_by_one_that_tells() -> None:
    told: list[PrinterStatus | None] = []

    def tell(status: PrinterStatus | None) -> bool:
        told.append(status)
        return False

    async def scenario() -> None:
        says = {JOB + ASK_PROCESSED: b"\x38\x00\x0f\x00" + b"\x10\x00\x00\x00" + b"\x00"}
        talk = EscposSession(Script(lambda data: says.get(data, b"")), "printer", tells=True)
        assert await talk.print(JOB, "status", b"0001", tell) == "printed"
        assert [status.cover_open for status in told if status] == [True, False]

    run(scenario())
