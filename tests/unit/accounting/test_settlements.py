"""The rules of settlements: which line is which payment, what a file says, what a bank's statement holds."""

from __future__ import annotations

import csv
from random import Random

import msgspec
import pytest

from edge.accounting.settlements.bai2 import read_bai2
from edge.accounting.settlements.bank import BankCredit
from edge.accounting.settlements.batch import LINES_MOST, PAYOUT_LINES_MOST, Batch, BatchLine, fault_of, payout_of_part
from edge.accounting.settlements.match import LedgerItem, judge
from edge.accounting.settlements.table_files import PROFILES, batches_of, read_credits
from edge.core.messages import Refusal
from edge.lib.tables.table import TableRow

BAI2 = """01,BANK,SHOP,261103,0600,1,80,,2/
02,SHOP,BANK,1,261102,,EUR,2/
03,DE001,EUR,010,500000,,/
16,165,194030,Z,R1,BATCH 77,CARDS/
49,694030,3/
98,694030,1,5/
99,694030,1,7/
"""
MT940 = """:20:STARTUMS
:25:DE001
:28C:1/1
:60F:C261102EUR5000,
:61:2611021103C1940,30NTRFBATCH77//R1
:86:CARDS
:61:2611031103D40,NMSCNONREF
:62F:C261103EUR6900,30
-
"""
CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>
<Acct><Id><IBAN>DE001</IBAN></Id></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">5000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">6900.30</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="EUR">1940.30</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-03</Dt>
</BookgDt><AcctSvcrRef>R1</AcctSvcrRef></Ntry>
<Ntry><Amt Ccy="EUR">40.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-03</Dt></BookgDt></Ntry>
<Ntry><Amt Ccy="EUR">7.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts><BookgDt><Dt>2026-11-03</Dt></BookgDt>
</Ntry></Stmt></BkToCstmrStmt></Document>
"""
CSV = """batch,paid_on,currency,kind,day,amount,fee,net,provider_id,authorisation,brand
77,2026-11-03,EUR,payment,2026-11-02,12.00,0.12,,A1,111111,VISA
77,2026-11-03,EUR,refund,2026-11-02,-2.00,0,,A2,,VISA
77,2026-11-03,EUR,fee,2026-11-02,0,1.00,,,,
77,2026-11-03,EUR,total,,10.00,1.12,8.88,,,
"""


def batches_in(text: str) -> tuple[Batch, ...]:
    header, *rows = csv.reader(text.splitlines())
    return batches_of(header, (TableRow(number, cells) for number, cells in enumerate(rows, 2)), PROFILES["plain"])


def line(minor: int = 1200, day: str = "2026-11-02", reference: str = "", **more: str) -> BatchLine:
    kind = "payment" if minor > 0 else "refund"
    return BatchLine(kind=kind, day=day, amount_minor=minor, reference=reference, **more)  # type: ignore[arg-type]


def ours(
    id: str,
    minor: int = 1200,
    day: str = "2026-11-02",
    reference: str = "",
    brand: str = "",
    authorisation: str = "",
    settled: bool = False,
) -> LedgerItem:
    return LedgerItem(id, int(minor < 0), minor, day, brand, authorisation, (reference,), settled)


def verdicts(lines: list[BatchLine], candidates: list[LedgerItem]) -> list[tuple[str, str]]:
    return [(one.verdict, one.payment) for one in judge(lines, candidates)]


def test_the_providers_reference_says_which_payment_a_line_is() -> None:
    two = [ours("a", reference="r1"), ours("b", reference="r2")]
    assert verdicts([line(reference="r2"), line(reference="r1")], two) == [("matched", "b"), ("matched", "a")]
    again = [ours("old", day="2026-10-02", reference="0005"), ours("new", reference="0005")]
    assert verdicts([line(reference="0005")], again) == [("matched", "new")]


def test_another_amount_under_the_same_reference_differs_and_is_named() -> None:
    (judged,) = judge([line(1100, reference="r")], [ours("a", reference="r")])
    assert (judged.verdict, judged.our_minor, judged.difference_minor) == ("amount_differs", 1200, -100)


def test_a_payment_is_paid_out_once() -> None:
    lines = [line(reference="r"), line(reference="r")]
    assert verdicts(lines, [ours("a", reference="r")]) == [("matched", "a"), ("missing_here", "")]
    (judged,) = judge([line(reference="r")], [ours("a", reference="r", settled=True)])
    assert (judged.verdict, judged.payment, judged.our_minor) == ("amount_differs", "a", 0)
    assert judged.difference_minor == 1200


def test_authorisation_and_amount_tell_where_just_one_fits() -> None:
    near = ours("a", day="2026-11-01", authorisation="77")
    assert verdicts([line(authorisation="77")], [near]) == [("matched", "a")]
    two = [near, ours("b", day="2026-11-03", authorisation="77")]
    assert verdicts([line(authorisation="77")], two) == [("missing_here", "")]
    assert verdicts([line(authorisation="77")], [ours("a", authorisation="78")]) == [("missing_here", "")]


def test_alike_payments_of_a_day_are_paired_where_there_are_as_many() -> None:
    three = [ours(id, 250, brand="VISA") for id in "abc"]
    lines = [line(250, brand="visa") for _ in range(3)]
    assert [one for one, _ in verdicts(lines, three)] == ["matched"] * 3
    assert {payment for _, payment in verdicts(lines, three)} == set("abc")
    assert [one for one, _ in verdicts(lines[:2], three)] == ["missing_here"] * 2


def test_a_day_apart_one_alone_is_found_and_two_days_apart_none() -> None:
    assert verdicts([line(day="2026-11-03")], [ours("a", brand="VISA")]) == [("matched", "a")]
    assert verdicts([line(day="2026-11-04")], [ours("a")]) == [("missing_here", "")]
    assert verdicts([line(brand="AMEX")], [ours("a", brand="VISA")]) == [("missing_here", "")]


def test_refunds_and_payments_are_not_taken_for_one_another() -> None:
    both = [ours("p", reference="r"), ours("p", -1200, reference="r")]
    judged = judge([line(-1200, reference="r"), line(reference="r")], both)
    assert [(one.verdict, one.refund) for one in judged] == [("matched", 1), ("matched", 0)]


def test_a_chargeback_is_of_the_payment_of_its_reference_however_old() -> None:
    back = BatchLine(kind="chargeback", day="2026-11-02", amount_minor=-500, reference="r")
    old = ours("a", day="2026-03-01", reference="r", settled=True)
    (judged,) = judge([back], [old])
    assert (judged.verdict, judged.payment, judged.difference_minor) == ("matched", "a", 0)
    assert judge([back], [])[0].verdict == "missing_here"


@pytest.mark.parametrize("seed", range(20))
def test_whatever_comes_nothing_of_ours_is_found_twice(seed: int) -> None:
    chance = Random(seed)

    def some() -> dict[str, str]:
        return {"brand": chance.choice(("", "VISA")), "authorisation": chance.choice(("", "1", "2"))}

    def day() -> str:
        return f"2026-11-0{chance.randrange(1, 5)}"

    def named() -> str:
        return chance.choice(("", "x", "y", "z"))

    candidates = [ours(str(n), chance.choice((100, 200, -100)), day(), named(), **some()) for n in range(40)]
    lines = [line(chance.choice((100, 200, -100)), day(), named(), **some()) for _ in range(40)]
    judged = judge(lines, candidates)
    found = [(one.payment, one.refund) for one in judged if one.our_minor]
    assert len(found) == len(set(found)) and [one.number for one in judged] == list(range(1, 41))
    by_id = {(one.payment, one.refund): one for one in candidates}
    assert all(
        one.amount_minor == by_id[one.payment, one.refund].amount_minor for one in judged if one.verdict == "matched"
    )


def test_a_batch_comes_to_its_sums_or_is_refused() -> None:
    batch = batches_in(CSV)[0]
    assert fault_of(batch) == "" and (batch.gross_minor, batch.fees_minor, batch.net_minor) == (1000, 112, 888)
    assert (batch.first_day, batch.last_day, len(batch.lines)) == ("2026-11-02", "2026-11-02", 3)
    replace = msgspec.structs.replace
    assert fault_of(replace(batch, net_minor=889)) == "batch_sums"
    assert fault_of(replace(batch, paid_on="2026-02-30")) == "batch_day"
    odd = Batch(
        **{**{name: getattr(batch, name) for name in batch.__struct_fields__}, "gross_minor": -2, "fees_minor": 0},
    )
    wrong = replace(
        odd, net_minor=-2, lines=(BatchLine(kind="payment", day="2026-11-02", amount_minor=-2, reference="x"),)
    )
    assert fault_of(wrong) == "batch_signs"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("12.00", "12.005", "batch_row"),
        ("refund,", "rebate,", "batch_row"),
        ("batch,paid_on", "b,p", "batch_file"),
        ("EUR,refund", "USD,refund", "batch_row"),
    ],
)
def test_a_file_that_is_not_understood_is_refused_whole(old: str, new: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        batches_in(CSV.replace(old, new, 1))
    assert refused.value.code == code


@pytest.mark.parametrize("number", ("4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111"))
def test_of_a_cards_number_in_a_file_the_last_digits_are_kept(number: str) -> None:
    text = CSV.replace(",A1,", f",{number},").replace("111111,VISA", f"{number},{number[:16]}")
    (batch,) = batches_in(text)
    first = batch.lines[0]
    assert (first.reference, first.authorisation) == ("****1111", "****1111")
    assert number not in str(batch) and number.replace(" ", "").replace("-", "") not in str(batch)
    (credit,) = read_credits(BAI2.replace(",R1,", f",{number},").encode())
    assert credit.reference == "****1111"


def test_a_payout_of_more_lines_than_a_batch_has_comes_in_parts_that_add_up() -> None:
    days = ("2026-11-02", "2026-11-01")
    rows = "".join(f"77,2026-11-03,EUR,payment,{days[n % 2]},1.00,0.01,,n{n},,\n" for n in range(LINES_MOST + 2))
    first, second = batches_in(CSV.splitlines()[0] + "\n" + rows)
    assert [(one.id, len(one.lines), fault_of(one)) for one in (first, second)] == [
        ("77--1", LINES_MOST, ""),
        ("77--2", 2, ""),
    ]
    assert first.net_minor + second.net_minor == 99 * (LINES_MOST + 2)
    assert (first.first_day, second.first_day) == ("2026-11-01", "2026-11-02"), "a part is of days that follow"
    assert [payout_of_part(one) for one in ("77--1", "77", "a--b")] == ["77", "", ""]


def test_a_batch_of_too_many_lines_says_so() -> None:
    many = "".join(f"77,2026-11-03,EUR,payment,2026-11-02,1.00,0,,n{n},,\n" for n in range(PAYOUT_LINES_MOST + 1))
    with pytest.raises(Refusal) as refused:
        batches_in(CSV.splitlines()[0] + "\n" + many)
    assert refused.value.code == "batch_long"


def test_bai2_gives_its_credits_and_every_total_is_counted() -> None:
    credit = BankCredit(day="2026-11-02", currency="EUR", amount_minor=194_030, account="DE001", reference="R1")
    assert read_bai2(BAI2) == (credit,)
    assert read_credits(BAI2.encode()) == (credit,)
    continued = BAI2.replace("16,165,194030,Z,R1,BATCH 77,CARDS/", "16,165,194030,Z/\n88,R1,BATCH 77/")
    continued = continued.replace("694030,3/", "694030,4/").replace("1,5/", "1,6/").replace("1,7/", "1,8/")
    assert read_bai2(continued) == (credit,)
    for old, new in (("49,694030,3", "49,694031,3"), ("98,694030,1,5", "98,694030,2,5"), ("1,7/", "1,8/")):
        with pytest.raises(Refusal) as refused:
            read_bai2(BAI2.replace(old, new))
        assert refused.value.code == "bad_control_total"
    for broken in ("16,165", BAI2.replace("99,", "97,"), BAI2[: BAI2.index("99,")], BAI2.replace("194030", "x")):
        with pytest.raises(Refusal) as refused:
            read_bai2(broken)
        assert refused.value.code == "bank_file"


@pytest.mark.parametrize("funds", ["Z", "0", "1", "2", "", "S,100000,94030,0", "V,261104,0600", "D,2,0,100000,1,94030"])
def test_whenever_money_is_free_by_bai2_its_reference_stands_behind_that(funds: str) -> None:
    (credit,) = read_bai2(BAI2.replace("194030,Z,R1", f"194030,{funds},R1"))
    assert (credit.amount_minor, credit.reference) == (194_030, "R1")
    summary = BAI2.replace("010,500000,,/", f"010,500000,,{funds},100,0,,/")
    assert read_bai2(summary)[0].amount_minor == 194_030


@pytest.mark.parametrize(("kind", "credits"), [(100, 1), (399, 1), (400, 0), (699, 0)])
def test_which_types_of_bai2_are_credits(kind: int, credits: int) -> None:
    assert len(read_bai2(BAI2.replace("16,165", f"16,{kind}"))) == credits
    for neither in (99, 700):
        with pytest.raises(Refusal):
            read_bai2(BAI2.replace("16,165", f"16,{neither}"))


@pytest.mark.parametrize("text", (MT940, CAMT), ids=("mt940", "camt.053"))
def test_other_statements_give_their_credits_where_the_balances_fit(text: str) -> None:
    credit = BankCredit(day="2026-11-03", currency="EUR", amount_minor=194_030, account="DE001", reference="R1")
    assert read_credits(text.encode()) == (credit,)
    for old, new, code in (
        ("6900", "6901", "bad_control_total"),
        ("1103", "1393", "bank_file"),
        ("11-03", "13-03", "bank_file"),
        ("</Document>", "", "bank_file"),
        ("<Document", "<!DOCTYPE x [<!ENTITY a 'b'>]><Document", "bank_file"),
    ):
        if old in text:
            with pytest.raises(Refusal) as refused:
                read_credits(text.replace(old, new).encode())
            assert refused.value.code == code, new


def test_debits_are_no_credits_and_alike_credits_are_two() -> None:
    debit = BAI2.replace("16,165", "16,475")
    assert read_bai2(debit) == ()
    table = "day,currency,amount,account,reference\n" + 2 * "2026-11-03,EUR,8.88,A,B\n" + "2026-11-03,EUR,-1,A,C\n"
    first, second = read_credits(table.encode())
    assert (first.nth, second.nth) == (0, 1) and first.digest != second.digest
