"""What stands on an invoice of paper: sums, days, labels, lines, and what corrections teach."""

from __future__ import annotations

from decimal import Decimal

import pytest

from edge.lib.printed_invoice import (
    Box,
    FieldName,
    KnownSeller,
    PlacedWord,
    PrintedInvoice,
    learn,
    read_printed,
    value_at,
)
from edge.lib.printed_invoice.amounts import currency_of, decimal_of
from edge.lib.printed_invoice.days import days_of


def words(*rows: str, page: int = 1, sure: float = 1.0) -> list[PlacedWord]:
    """Words of rows of a paper, a letter 8 thousandths wide; two blanks or more are room between cells."""
    placed = []
    for at, row in enumerate(rows):
        left = 40
        for part in row.replace("  ", " \0 ").split(" "):
            if part == "\0":
                left += 40
            elif part:
                right = left + 8 * len(part)
                placed.append(PlacedWord(part, Box(page, left, 40 + 20 * at, right, 52 + 20 * at), sure))
                left = right + 4
    return placed


PAPER = (
    "Moulin Vert SARL",
    "N° TVA FR60421938861",
    "Facture n°2027-118 du 3 mars 2027",
    "Désignation  Qté  Prix  Montant",
    "MV-100 Farine T65  4  12,50  50,00",
    "MV-220 Levure fraîche  10  1,20  12,00",
    "Total HT  62,00",
    "TVA 5,5 %  3,41",
    "Net à payer  65,41 €",
)


def said(found: PrintedInvoice) -> dict[str, str]:
    return {one.name: one.value for one in found.fields}


def test_a_french_paper_is_read_with_its_lines() -> None:
    found = read_printed(words(*PAPER), currency="EUR")
    fields = said(found)
    assert (fields["number"], fields["date"], fields["seller"]) == ("2027-118", "2027-03-03", "Moulin Vert SARL")
    assert (fields["net"], fields["tax"], fields["total"]) == ("62.00", "3.41", "65.41")
    assert fields["seller_vat"] == "FR60421938861"
    assert {one.name: one.source for one in found.fields}["total"] == "sum"
    assert [(one.code, one.name, one.quantity, one.total) for one in found.lines] == [
        ("MV-100", "Farine T65", 4, Decimal("50.00")),
        ("MV-220", "Levure fraîche", 10, Decimal("12.00")),
    ]


def test_a_hebrew_paper_is_read_from_the_right() -> None:
    """Rows of Hebrew stand on paper with their first word at the right."""
    rows = ('בע"מ הגליל מחלבת', "123456782 ע.מ", "4471 מס' חשבונית", "05/02/2027 תאריך", '118.00 לתשלום סה"כ')
    found = said(read_printed(words(*rows), currency="ILS"))
    assert (found["number"], found["date"], found["total"]) == ("4471", "2027-02-05", "118.00")
    assert found["seller"] == 'מחלבת הגליל בע"מ'
    assert found["seller_vat"] == "123456782"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("€12,00", "12.00"),
        ("(7.10)", "-7.10"),
        ("7,10-", "-7.10"),
        ("1,250", "1250"),
        ("Rs 1939", "1939"),
        ("12.03.2027", None),
        ("A12", None),
    ],
)
def test_sums_are_read_as_they_are_written(text: str, value: str | None) -> None:
    assert decimal_of(text) == (None if value is None else Decimal(value))


def test_days_are_read_as_they_are_written_and_doubted_where_they_may_be_another() -> None:
    written = ("2027-03-04", "4. März 2027", "March 4, 2027", "4 mars 2027", "04.03.27", "ב-4 במרץ 2027")
    for text in written:
        assert [(one.day, one.unsure) for one in days_of(text)] == [("2027-03-04", False)], text
    assert [(one.day, one.unsure) for one in days_of("03/04/2027")] == [("2027-04-03", True)]
    assert [(one.day, one.unsure) for one in days_of("03/04/2027", month_first=True)] == [("2027-03-04", True)]
    assert [one.day for one in days_of("03/25/2027")] == ["2027-03-25"]
    assert list(days_of("31.02.2027")) == []


@pytest.mark.parametrize(
    ("paper", "day"),
    [
        (("Austin Dairy Inc", "Austin, TX 78701", "Invoice date 03/04/2027", "Total due $ 9.00"), "2027-03-04"),
        (("Dublin Dairy Ltd", "VAT number IE1234567FA", "Invoice date 03/04/2027", "Total due $ 9.00"), "2027-04-03"),
        (("Dairy", "IBAN DE89 3704 0044 0532 0130 00", "Invoice date 03/04/2027", "Total due $ 9.00"), "2027-04-03"),
        (("Dairy", "Invoice date 03/04/2027", "Total due USD 9.00"), "2027-03-04"),
        (("Dairy", "Invoice date 25/04/2027", "Austin, TX 78701"), "2027-04-25"),
    ],
)
def test_a_day_is_read_as_the_suppliers_country_writes_it(paper: tuple[str, ...], day: str) -> None:
    found = {one.name: one for one in read_printed(words(*paper), currency="USD").fields}
    assert found["date"].value == day
    assert found["date"].sure == (0.8 if day.endswith("25") else 0.6), "until it is learnt how they write it"


def test_a_dollar_is_that_of_the_shop_where_it_has_one() -> None:
    assert currency_of("Total $4.11", "CAD") == "CAD"
    assert currency_of("Total $4.11", "EUR") == "USD"
    assert currency_of("Total 4.11", "EUR") == "EUR"


def test_a_sum_that_nothing_confirms_is_less_sure_and_so_is_what_was_hardly_read() -> None:
    alone = read_printed(words("Invoice number 77", "Invoice date 2027-01-02", "Amount due 65.41"))
    assert {one.name: one.sure for one in alone.fields} == {"number": 0.8, "date": 0.8, "total": 0.8}
    blurred = read_printed(words(*PAPER, sure=0.6))
    assert max(one.sure for one in blurred.fields) < 0.6


def test_the_order_s_and_the_due_day_are_not_the_invoice_s() -> None:
    rows = ("Invoice number 77", "Due date 2027-02-02", "Date 2027-01-02", "Order number 900", "Amount due 1.00")
    found = said(read_printed(words(*rows)))
    assert (found["date"], found["due"], found["order"]) == ("2027-01-02", "2027-02-02", "900")


def test_two_numbers_on_two_pages_are_two_invoices() -> None:
    found = read_printed([*words("Invoice number 77"), *words("Invoice number 78", page=2)])
    assert found.numbers == ("77", "78")


def test_what_was_corrected_is_found_on_the_seller_s_next_paper() -> None:
    first = words("Moulin Vert SARL", "Pièce  MV77", "Emis  03/04/2027", "A payer  65,41")
    assert "number" not in said(read_printed(first))
    taught = [learn(first, "number", "MV77"), learn(first, "date", "2027-03-04"), learn(first, "total", "65.41")]
    known = KnownSeller("moulin vert sarl", ("Moulin Vert SARL",), tuple(one for one in taught if one))
    assert [one.label for one in known.learnt] == ["pièce", "emis", "a payer"]
    lower = words("Moulin Vert SARL", "Merci", "Pièce  MV78", "Emis  05/06/2027", "A payer  9,90")
    found = read_printed(lower, [known])
    assert said(found)["number"] == "MV78"
    assert said(found)["date"] == "2027-05-06", "the month comes first on this seller's papers"
    assert said(found)["total"] == "9.90"
    assert {one.source for one in found.fields} == {"learnt"}
    assert learn(first, "number", "MV99") is None, "it does not stand there"


def test_a_seller_is_known_again_by_number_or_by_name() -> None:
    stranger = {one.name: one.sure for one in read_printed(words(*PAPER)).fields}
    assert stranger["seller"] == 0.8
    for known in (
        KnownSeller("FR60421938861", ("Green Mill",)),
        KnownSeller("moulin vert sarl", ("moulin vert sarl",)),
    ):
        found = {one.name: one for one in read_printed(words(*PAPER), [known]).fields}
        assert (found["seller"].value, found["seller"].sure) == ("Moulin Vert SARL", 0.95), known


IBAN = "IL620108000000099999999"
PAID_TO = ("Levy", "Invoice number 77", "Bank 12 branch 655 account 123-456", "Total due 9.00")


def test_a_seller_is_known_again_by_bank_account_and_a_name_that_goes_with_it() -> None:
    known = KnownSeller("levy & sons", ("Levy",), account="12-655-123456")
    found = {one.name: one for one in read_printed(words(*PAID_TO), [known]).fields}
    assert found["account"].value == "12-655-123456"
    assert (found["seller"].value, found["seller"].sure) == ("Levy", 0.95)
    misread = read_printed(words("Lovv", *PAID_TO[1:]), [known])
    found = {one.name: one for one in misread.fields}
    assert (found["seller"].value, found["seller"].source, found["seller"].sure) == ("Levy", "account", 0.8)
    other = read_printed(words(PAID_TO[0], *PAID_TO[1:2], f"IBAN {IBAN}", PAID_TO[3]), [known])
    assert {one.name: one.value for one in other.fields}["account"] == IBAN


def test_what_was_learnt_of_a_seller_is_not_anothers_of_that_name() -> None:
    taught = learn(words("Levy", "Ref  77"), "number", "77")
    known = KnownSeller("levy", ("Levy",), (taught,) if taught else (), account=IBAN)
    mine = read_printed(words("Levy", "Ref  78", f"IBAN {IBAN}"), [known])
    assert said(mine)["number"] == "78"
    assert "number" not in said(read_printed(words("Levy", "Ref  78"), [known]))


def test_what_someone_points_at_is_read_as_that_field() -> None:
    paper = words("Moulin Vert SARL", "Facture n° MV-77 du 3 mars 2027", "Net à payer  1 065,41 €")

    def at(field: FieldName, text: str) -> str | None:
        box = next(word.box for word in paper if word.text == text)
        found = value_at(paper, field, 1, (box.left + box.right) // 2, box.top + 2)
        return found.value if found else None

    assert at("number", "MV-77") == "MV-77"
    assert [at("date", part) for part in ("3", "mars", "2027")] == ["2027-03-03"] * 3
    assert at("seller", "Vert") == "Moulin Vert SARL"
    assert at("total", "065,41") == "1065.41", "of a sum in two words either is pointed at"
    assert (at("date", "MV-77"), at("number", "Facture")) == (None, None)
    assert value_at(paper, "number", 2, 50, 45) is None


PRINTED = (
    "Moulin Vert SARL",
    "Printed  2027-03-04",
    "Order number  AB321",
    "Invoice number  RE505",
    "Invoice date  2027-03-04",
    "Net total  100.00",
    "VAT 20%  20.00",
    "Total  120.00",
)


def test_what_was_learnt_makes_the_next_paper_no_worse_and_no_surer_alone() -> None:
    """A paper that was read rightly is confirmed once; the next one has its fields elsewhere."""
    first = words(*PRINTED)
    right = said(read_printed(first))
    taught = [found for name in ("number", "date", "net", "tax", "total") if (found := learn(first, name, right[name]))]
    assert next(one for one in taught if one.field == "date").label == "invoice date", "not where it was printed"
    known = [KnownSeller("moulin vert sarl", ("Moulin Vert SARL",), tuple(taught))]
    again = {one.name: one for one in read_printed(words(*PRINTED), known).fields}
    assert (again["number"].value, again["number"].sure) == ("RE505", 0.95), "place, label and value agree"
    moved = (PRINTED[0], "Invoice number  RE508", "Invoice date  2027-05-06", "Order number  AB321", *PRINTED[5:])
    alone = {one.name: one for one in read_printed(words(*moved)).fields}
    beside = {one.name: one for one in read_printed(words(*moved), known).fields}
    for name in ("number", "date", "net", "tax", "total"):
        assert beside[name].value == alone[name].value, name
        assert beside[name].sure <= max(alone[name].sure, 0.8), name


def test_a_learnt_place_says_something_only_where_nothing_else_does() -> None:
    first = words("Moulin Vert SARL", "RE505", "Total  12.00")
    known = [KnownSeller("moulin vert sarl", ("Moulin Vert SARL",), (learn(first, "number", "RE505"),))]  # type: ignore[arg-type]
    found = {one.name: one for one in read_printed(words("Moulin Vert SARL", "RE506", "Total  12.00"), known).fields}
    assert (found["number"].value, found["number"].sure) == ("RE506", 0.6)
    labelled = read_printed(words("Moulin Vert SARL", "X77", "Invoice number  RE507"), known)
    assert said(labelled)["number"] == "RE507"


def test_the_total_of_a_column_of_taxes_is_not_the_total() -> None:
    rows = (
        "Moulin Vert SARL",
        "Net  VAT  Gross",
        "336.00  63.84  399.84",
        "160.00  11.20  171.20",
        "Total  75.04",
        "496.00  75.04  571.04",
        "Total VAT 7%  11.20",
        "Amount due  571.04",
    )
    found = {one.name: one for one in read_printed(words(*rows)).fields}
    assert found["total"].value == "571.04"
    assert "net" not in found or found["net"].value == "496.00"
