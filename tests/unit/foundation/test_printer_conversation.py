"""The conversation with a printer, as scripts: what befalls it, what is asked, and what is done about it. No clock."""

from __future__ import annotations

import msgspec
import pytest

from drivers.printers.escpos_replies import (
    ASK_MODEL,
    ASK_PROCESSED,
    ASK_STATUS,
    OPEN_DRAWER_NOW,
    TELL_CHANGES,
    ask_processed,
)
from drivers.roles import SendFailed
from edge.foundation.printing.printers.actions import (
    DrawnJob,
)
from edge.foundation.printing.printers.conversation import JOBS_A_TURN, Actions, Claimed
from tests.printer_script import DONE, GONE, JOB, NO_PAPER, WELL, Says, Script


def answers(**more: bytes) -> Says:
    """A printer that is well and works; `more` by the name of the question in this module."""
    said = {ASK_STATUS: WELL, ASK_PROCESSED: DONE, ASK_MODEL + ASK_PROCESSED: b"_NEW-1\x00" + DONE}
    said |= {globals()[question]: answer for question, answer in more.items()}
    return lambda data: said.get(data, DONE if data == JOB + ASK_PROCESSED else b"")


def only_status(data: bytes) -> bytes:
    return WELL if data == ASK_STATUS else b""


# ---- a job


def test_a_job_is_marked_sent_confirmed_and_written_down_in_this_order() -> None:
    script = Script(answers(), [7]).run(2)
    assert script.written == [
        ASK_STATUS,
        ASK_MODEL + ASK_PROCESSED,
        *(ASK_STATUS, JOB + ASK_PROCESSED),
        ASK_STATUS,
    ]
    assert script.settled == [(7, "printed", "")]


def test_paper_that_is_out_in_the_middle_is_waited_for_longer_than_any_limit() -> None:
    def says(data: bytes) -> bytes:
        if data != ASK_STATUS or JOB + ASK_PROCESSED not in script.written:
            return answers()(data) if JOB not in data else b""
        return NO_PAPER if script.now < 100 else WELL + DONE

    script = Script(says, [1])
    script.run(2)
    assert script.settled == [(1, "printed", "")]
    assert script.shown.count("paper_out") > 100


def test_a_printer_in_which_nothing_is_wrong_must_say_so_in_time() -> None:
    script = Script(lambda data: b"" if JOB in data else answers()(data), [1]).run(3)
    assert script.settled == [(1, "unknown", "unconfirmed")]
    assert script.failed is not None
    assert 10 < script.now < 12
    script.says = only_status
    script.failed = None
    script.run()
    assert script.shown[-1] == "unconfirmed", "silence is never taken for a printer that does not confirm"


def test_another_job_s_mark_confirms_nothing() -> None:
    says = lambda data: b"\x37\x220007\x00" if JOB in data else answers()(data)  # noqa: E731 - the printer, in a line
    script = Script(says, [8], profile="TM-T88V", shared=True).run(2)
    assert JOB + ask_processed(b"0008") in script.written
    assert script.settled == [(8, "unknown", "unconfirmed")]


def test_answers_that_were_owed_do_not_confirm_the_next_job() -> None:
    """On a serial line, the answer to a job that was cancelled comes when the printer gets round to it."""
    script = Script(lambda data: b"" if JOB in data else answers(ASK_PROCESSED=DONE + DONE)(data), [1])
    script.printer.has_confirmed()
    script.printer.met = True
    assert script.run(3).settled == [(1, "unknown", "unconfirmed")]


@pytest.mark.parametrize(("sent", "state"), [(0, "queued"), (3, "unknown")])
def test_what_breaks_off_is_sent_again_only_where_no_byte_went_out(sent: int, state: str) -> None:
    script = Script(answers(), [1])
    script.breaks = lambda data: SendFailed("", "", sent, "gone") if JOB in data else None
    script.run(3)
    assert script.settled == [(1, state, "gone" if sent else "")]
    assert script.failed is not None
    assert script.printer.doubt == ("works" if sent else "nothing")


def test_a_line_that_breaks_while_it_prints_leaves_a_doubt_with_its_reason() -> None:
    script = Script(lambda data: b"" if JOB in data else answers()(data), [1])
    script.breaks = lambda data: GONE if data == ASK_STATUS and JOB + ASK_PROCESSED in script.written else None
    assert script.run(3).settled == [(1, "unknown", "gone")]


def test_what_waits_behind_a_job_goes_in_the_same_turn_up_to_a_limit() -> None:
    script = Script(answers(), range(1, JOBS_A_TURN + 2)).run(2)
    assert [job for job, _, _ in script.settled] == list(range(1, JOBS_A_TURN + 2))
    assert script.turns == 4, "to see what it is, two with jobs, and to see how it is"


@pytest.mark.parametrize(("claimed", "settled"), [("taken", []), ("late", [(1, "failed", "too_late")])])
def test_a_job_that_is_not_ours_or_too_late_is_not_sent(claimed: Claimed, settled: list[tuple[int, str, str]]) -> None:
    script = Script(answers(), [1])
    script.claims = {1: claimed}
    assert script.run(2).settled == settled
    assert not [data for data in script.written if JOB in data]


def test_a_job_that_cannot_be_drawn_holds_up_no_other() -> None:
    script = Script(answers(), [1, 2])
    script.jobs[0] = msgspec.structs.replace(script.jobs[0], problem="not_drawn")
    assert script.run(2).settled == [(1, "failed", "not_drawn"), (2, "printed", "")]


def test_what_cannot_be_written_down_stops_all_others() -> None:
    script = Script(answers(), [1, 2])
    script.saves = False
    script.run(2)
    assert script.failed is not None
    assert script.failed.key == "printer.unsaved"
    assert len([data for data in script.written if JOB in data]) == 1


def test_of_one_that_never_confirms_a_job_is_sent_once_it_took_leave() -> None:
    script = Script(lambda data: b"", [1], confirms="none").run(2)
    assert script.settled == [(1, "sent", "")]
    script = Script(lambda data: b"", [1], confirms="none")
    script.breaks = lambda data: (
        SendFailed("", "", len(JOB), "broke_off") if data == b"finish" and script.written else None
    )
    assert script.run(2).settled == [(1, "unknown", "broke_off")]


# ---- what it is, and how


def test_one_that_answers_and_never_gets_round_to_anything_never_confirms() -> None:
    script = Script(only_status, [1]).run(2)
    assert script.settled == [(1, "sent", "")]


def test_one_that_has_confirmed_and_gets_round_to_nothing_gets_no_byte_of_a_job() -> None:
    """Busy behind a full buffer is not another printer."""
    script = Script(only_status, [1])
    script.printer.has_confirmed()
    script.run(3)
    assert set(script.shown) == {"unconfirmed"}
    assert script.settled == []


def test_one_that_has_answered_and_is_silent_gets_no_byte_of_a_job() -> None:
    script = Script(lambda data: b"", [1], shared=True, profile="TM-T88V").run(2)
    assert (set(script.shown), script.settled) == ({"silent_shared"}, [])


def test_half_an_answer_is_none_and_noise_is_no_printer() -> None:
    script = Script(lambda data: WELL[:3], [1], profile="TM-T88V").run()
    assert script.shown == ["silent"]
    script = Script(lambda data: b"login: ", [1]).run()
    assert script.failed is not None
    assert script.failed.key == "printer.not_a_printer"


@pytest.mark.parametrize(
    ("says", "what", "confirms"),
    [
        (b"_TM-T88V\x00" + DONE, "TM-T88V", "process_id"),
        (b"_NEW-1\x00" + DONE, "NEW-1", "status"),
        (b"_NEW-1\x00", "NEW-1", "none"),
        (DONE, "", "status"),
        (b"", "", "none"),
    ],
)
def test_what_it_is_and_how_it_confirms_turns_out_before_its_first_job(says: bytes, what: str, confirms: str) -> None:
    question = ASK_MODEL + ASK_PROCESSED  # together: an answer to one alone tells of the other
    script = Script(lambda data: says if data == question else only_status(data), shared=True).run()
    assert question in script.written
    assert (script.printer.well.what, script.printer.confirms) == (what, confirms)


def test_one_that_comes_back_must_show_that_it_still_works_before_anything_else() -> None:
    script = Script(answers(), [1], profile="mC-Print2")
    script.printer.has_confirmed()
    script.run(2)
    assert script.written[:3] == [ASK_STATUS, ASK_PROCESSED, JOB + ASK_PROCESSED]


def test_one_that_does_not_know_jobs_by_their_ids_confirms_otherwise_from_then_on() -> None:
    def says(data: bytes) -> bytes:
        return DONE if data == JOB + ASK_PROCESSED else answers()(data)

    script = Script(says, [1], profile="TM-T88V", shared=True)
    script.run(2)
    assert script.settled == [(1, "unknown", "unconfirmed")]
    script.failed, script.jobs = None, [DrawnJob(2, JOB)]
    script.run(2)
    assert script.settled[1:] == [(2, "printed", "")]


# ---- listening


def test_what_it_tells_by_itself_is_shown_and_it_is_asked_again_when_it_cannot_print_any_more() -> None:
    out, near, well = b"\x18\x00\x0f\x00", b"\x10\x00\x03\x00", b"\x10\x00\x0f\x00"
    told = [near, out]

    def says(data: bytes) -> bytes:
        if data == ASK_STATUS + TELL_CHANGES:
            return WELL + well if len(told) == 2 else NO_PAPER
        return b""

    script = Script(says, profile="TM-T88V")
    read = script._read

    def reading(within_s: float) -> Actions:
        if script.machine.phase == "listening" and told:
            script._said = told.pop(0)
        if script.machine.phase == "listening" and not told and script.now:
            raise TimeoutError
        return read(within_s)

    script._read = reading  # type: ignore[method-assign]
    with pytest.raises(TimeoutError):
        script.run()
    assert script.shown[:3] == ["ok", "paper_near_end", "paper_out"]


def test_on_a_line_that_others_use_it_is_not_told_to_speak_up() -> None:
    script = Script(answers(), profile="TM-T88V", shared=True).run(2)
    assert not [data for data in script.written if TELL_CHANGES in data]


# ---- drawers


def test_the_drawer_opens_past_what_cannot_be_printed() -> None:
    script = Script(lambda data: NO_PAPER if data == ASK_STATUS else answers()(data), [1], profile="mC-Print2")
    script.drawers = [DrawnJob(5, OPEN_DRAWER_NOW, expires=True), DrawnJob(6, OPEN_DRAWER_NOW, expires=True)]
    script.claims = {6: "late"}
    script.run()
    assert script.settled == [(5, "sent", ""), (6, "failed", "too_late")]
    assert script.written == [ASK_STATUS, OPEN_DRAWER_NOW]
    assert script.shown == ["paper_out"]


def test_the_drawer_opens_past_a_job_that_ran_out_of_paper_which_then_goes_on() -> None:
    def says(data: bytes) -> bytes:
        if JOB + ASK_PROCESSED not in script.written:
            return answers()(data)
        if data == ASK_STATUS:
            return NO_PAPER if OPEN_DRAWER_NOW not in script.written else WELL + DONE
        return b""

    script = Script(says, [1])
    script.drawers = [DrawnJob(5, OPEN_DRAWER_NOW, expires=True)]
    script.run(2)
    assert script.settled == [(5, "sent", ""), (1, "printed", "")]


def test_a_drawer_that_breaks_the_line_leaves_the_job_behind_it_in_doubt_and_itself_too() -> None:
    def says(data: bytes) -> bytes:
        late = JOB + ASK_PROCESSED in script.written
        return NO_PAPER if late and data == ASK_STATUS else b"" if late else answers()(data)

    script = Script(says, [1])
    script.drawers = [DrawnJob(5, OPEN_DRAWER_NOW, expires=True)]
    script.breaks = lambda data: SendFailed("", "", 2, "gone") if data == OPEN_DRAWER_NOW else None
    script.run(2)
    assert script.settled == [(5, "unknown", "gone"), (1, "unknown", "gone")]


def test_a_drawer_s_claim_that_cannot_be_written_down_does_not_end_the_job_that_is_printed() -> None:
    def says(data: bytes) -> bytes:
        late = JOB + ASK_PROCESSED in script.written
        if late and data == ASK_STATUS:
            return NO_PAPER if len(script.shown) < 5 else WELL + DONE
        return b"" if late else answers()(data)

    script = Script(says, [1])
    script.drawers = [DrawnJob(5, OPEN_DRAWER_NOW, expires=True)]
    script.claims = {5: "unsaved"}
    script.run(2)
    assert script.settled == [(1, "printed", "")]
