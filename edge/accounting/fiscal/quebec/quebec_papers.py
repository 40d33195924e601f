"""Till papers as transactions of Québec's WEB-SRM. Pure.

An advance isn't a payment for a supply until it's applied to one (Excise Tax Act, 168 (9)). Its paper is a transaction
of 0 that states the amount now due. The resulting sale is reported in full, with less due.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from edge.accounting.fiscal.events import PaperKind
from edge.accounting.fiscal.fiscal_paper import ROUNDING, FiscalLine, FiscalPaper
from edge.accounting.fiscal.settings import FiscalSettings
from edge.accounting.fiscal.version import SOFTWARE_VERSION
from edge.lib.fiscal.quebec.transactions import (
    QuebecDevice,
    QuebecItem,
    QuebecReference,
    QuebecTransaction,
    means_code,
)
from edge.lib.units.money import divide_half_up
from edge.money.tenders.tender import ADVANCE

GST, BOTH = 5_000, 14_975
"""The federal tax, and both taxes together, in thousandths of a percent."""
_MEANS = MappingProxyType(
    {
        "card": "CRE",
        "gift": "CPR",
        "voucher": "COU",
        "credit": "PAC",
        "check": "CHQ",
        "cheque": "CHQ",
        "transfer": "TFD",
    }
)
NUMBER_DIGITS = 8


class TransactionForm(NamedTuple):
    """A paper's transaction type, in the authority's codes. `payment` is "" for the actual payment."""

    kind: str = "RFER"
    printed: str = "FAC"
    form: str = "PAP"
    mode: str = "OPE"
    payment: str = ""


FORM = TransactionForm()
FORMS: Mapping[PaperKind, TransactionForm] = MappingProxyType(
    {
        "REPRODUCTION": TransactionForm(printed="RPR"),
        "TRAINING": TransactionForm(mode="FOR"),
        "BILL": TransactionForm(kind="ADDI", payment="SOB"),
        "LEFT": TransactionForm(printed="PSP", form="NON", payment="AUC"),
    }
)


def device_of(settings: FiscalSettings, register: str) -> QuebecDevice:
    """A register's identification with the authority."""
    said = settings.quebec
    return QuebecDevice(
        device=f"{said.device}{register}",
        authorisation=said.authorisation,
        system=said.system,
        version=said.version,
        certificate_code=said.certificate_code,
        partner=said.partner,
        partner_version=SOFTWARE_VERSION,
        parent_version=said.parent_version,
        gst=said.gst,
        qst=said.qst,
        name=settings.name,
        service=said.service,
        environment=said.environment,
    )


def transaction_number(place: int) -> str:
    """
    >>> transaction_number(2)
    'T00000002'
    """
    return f"T{place:0{NUMBER_DIGITS}}"


def transaction_of(
    paper: FiscalPaper, place: int, references: tuple[QuebecReference, ...] = (), kind: PaperKind = "VENTE"
) -> QuebecTransaction:
    """The transaction of a paper; refunds are negative. `kind`: a reproduction, practice, a bill before payment, or an
    unpaid bill; anything else is a till receipt."""
    form = FORMS.get(kind, FORM)
    gst_minor = qst_minor = 0
    for row in paper.taxes:
        federal_minor = row.tax_minor if row.rate == GST else 0
        if row.rate == BOTH:
            federal_minor = divide_half_up(row.tax_minor * GST, BOTH)
        gst_minor, qst_minor = gst_minor + federal_minor, qst_minor + row.tax_minor - federal_minor
    goods = [line for line in paper.lines if line.kind not in (ROUNDING, "tip")]
    rounding_minor, tip_minor = _of(paper, ROUNDING), _of(paper, "tip")
    ahead_minor = _of(paper, ADVANCE) - sum(one.amount_minor for one in paper.tenders if one.kind == ADVANCE)
    total_minor = sum(line.gross_minor for line in goods if line.kind != ADVANCE)
    return QuebecTransaction(
        number=transaction_number(place),
        at=paper.at,
        operator=paper.operator,
        items=tuple(map(_item, goods)) or (_NOTHING,),
        net_minor=total_minor - gst_minor - qst_minor,
        gst_minor=gst_minor,
        qst_minor=qst_minor,
        total_minor=total_minor,
        due_minor=total_minor + rounding_minor + tip_minor + ahead_minor,
        rounding_minor=rounding_minor,
        tip_minor=tip_minor,
        kind=form.kind,
        payment=form.payment
        or means_code(_means(one.kind) for one in paper.tenders if one.amount_minor and one.kind != ADVANCE),
        printed=form.printed,
        form=form.form,
        mode=form.mode,
        references=references,
    )


def reference_of(paper: FiscalPaper, place: int) -> QuebecReference:
    """A reference to a paper on which another one is based."""
    one = transaction_of(paper, place)
    return QuebecReference(one.number, one.at, one.net_minor)


def _of(paper: FiscalPaper, kind: str) -> int:
    """The total of lines of a kind."""
    return sum(line.gross_minor for line in paper.lines if line.kind == kind)


def _item(line: FiscalLine) -> QuebecItem:
    return QuebecItem(
        label=line.label or line.kind,
        quantity_thousandths=line.quantity_thousandths,
        price_minor=0 if line.kind == ADVANCE else line.net_minor,
        tax="NON" if not line.rate else "F" if line.rate == GST else "FP" if line.rate == BOTH else "P",
    )


_NOTHING = QuebecItem(label="Aucun article", quantity_thousandths=0, price_minor=0, tax="SOB", activity="SOB")


def _means(kind: str) -> str:
    return "ARG" if kind.startswith("cash") else _MEANS.get(kind, "AUT")
