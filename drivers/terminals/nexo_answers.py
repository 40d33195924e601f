"""The parts of nexo Retailer 3.0 answers that the shop needs. Pure.

Source: Adyen's public Terminal API reference and its libraries (MIT). Fields not named here are dropped when decoding,
including tracks, expiry dates, aliases and cardholder data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from urllib.parse import parse_qsl

import msgspec

from drivers.terminals.nexo_crypto import Header


class Response(msgspec.Struct, frozen=True, rename="pascal"):
    """The result of a request. `additional_response` is a query string."""

    result: Literal["Success", "Partial", "Failure"]
    error_condition: str = ""
    additional_response: str = ""

    @property
    def additional_fields(self) -> Mapping[str, str]:
        """The fields of `additional_response`."""
        return dict(parse_qsl(self.additional_response, max_num_fields=200)) if self.additional_response else {}


class TransactionId(msgspec.Struct, frozen=True):
    """A terminal's transaction id: `tender.pspReference`."""

    id: str = msgspec.field(name="TransactionID")
    time: str = msgspec.field(name="TimeStamp")


class PoiData(msgspec.Struct, frozen=True):
    transaction: TransactionId | None = msgspec.field(name="POITransactionID", default=None)


class Amounts(msgspec.Struct, frozen=True, rename="pascal"):
    """`authorized_amount` is the whole amount the card pays, including `tip_amount` if a tip was asked for."""

    authorized_amount: msgspec.Raw
    currency: str
    tip_amount: msgspec.Raw = msgspec.Raw(b"0")


class CardData(msgspec.Struct, frozen=True, rename="pascal"):
    masked_pan: str = ""
    payment_brand: str = ""
    entry_mode: tuple[str, ...] = ()


class Instrument(msgspec.Struct, frozen=True, rename="pascal"):
    card_data: CardData = CardData()


class Acquirer(msgspec.Struct, frozen=True, rename="pascal"):
    approval_code: str = ""


class Paid(msgspec.Struct, frozen=True, rename="pascal"):
    amounts_resp: Amounts | None = None
    online_flag: bool = True
    payment_acquirer_data: Acquirer = Acquirer()
    payment_instrument_data: Instrument = Instrument()
    currency_conversion: msgspec.Raw = msgspec.Raw(b"[]")
    """A list of `Conversion`, decoded separately: errors in it don't affect the payment."""


class ConvertedAmount(msgspec.Struct, frozen=True, rename="pascal"):
    amount_value: msgspec.Raw
    currency: str


class Conversion(msgspec.Struct, frozen=True, rename="pascal"):
    """The amount in the card's own currency; `rate` and `markup` are numbers, or numbers in strings."""

    converted_amount: ConvertedAmount
    customer_approved_flag: bool = True
    rate: msgspec.Raw = msgspec.Raw()
    markup: msgspec.Raw = msgspec.Raw()


class Line(msgspec.Struct, frozen=True, rename="pascal"):
    text: str = ""


class Content(msgspec.Struct, frozen=True, rename="pascal"):
    output_text: tuple[Line, ...] = ()


class Receipt(msgspec.Struct, frozen=True, rename="pascal"):
    document_qualifier: str = ""
    required_signature_flag: bool = False
    output_content: Content = Content()


class PaymentResponse(msgspec.Struct, frozen=True, rename="pascal"):
    """The answer to a payment, or to a refund with the card presented."""

    response: Response
    poi_data: PoiData = msgspec.field(name="POIData", default=PoiData())
    payment_result: Paid = Paid()
    payment_receipt: tuple[Receipt, ...] = ()


class ReversalResponse(msgspec.Struct, frozen=True, rename="pascal"):
    """The answer to a reversal, which is accepted now and decided later."""

    response: Response
    poi_data: PoiData = msgspec.field(name="POIData", default=PoiData())


class RepeatedBody(msgspec.Struct, frozen=True, rename="pascal"):
    """The body of the answer looked up."""

    payment_response: PaymentResponse | None = None
    reversal_response: ReversalResponse | None = None


class Repeated(msgspec.Struct, frozen=True, rename="pascal"):
    """The repeated answer of an earlier request."""

    message_header: Header
    repeated_response_message_body: RepeatedBody


class StatusResponse(msgspec.Struct, frozen=True, rename="pascal"):
    """The result of a look-up."""

    response: Response
    repeated_message_response: Repeated | None = None


class Poi(msgspec.Struct, frozen=True, rename="pascal"):
    global_status: str = "OK"
    printer_status: str = "OK"


class DiagnosisResponse(msgspec.Struct, frozen=True, rename="pascal"):
    """A terminal's state."""

    response: Response
    poi_status: Poi = msgspec.field(name="POIStatus", default=Poi())


class Total(msgspec.Struct, frozen=True, rename="pascal"):
    transaction_type: str
    transaction_count: int
    transaction_amount: msgspec.Raw


class TotalsOf(msgspec.Struct, frozen=True, rename="pascal"):
    card_brand: str = ""
    payment_totals: tuple[Total, ...] = ()


class ReconciliationResponse(msgspec.Struct, frozen=True, rename="pascal"):
    """A terminal's totals since its last close."""

    response: Response
    transaction_totals: tuple[TotalsOf, ...] = ()


class Event(msgspec.Struct, frozen=True, rename="pascal"):
    """A notification, unsolicited or in place of an answer."""

    event_to_notify: str
    event_details: str = ""


class DisplayResponse(msgspec.Struct, frozen=True, rename="pascal"):
    """Whether the text was shown."""

    class Shown(msgspec.Struct, frozen=True, rename="pascal"):
        """The result on one device."""

        response: Response

    output_result: tuple[Shown, ...] = ()


class Answer(msgspec.Struct, frozen=True, rename="pascal"):
    """A terminal's message: its header and the body of its category."""

    message_header: Header
    payment_response: PaymentResponse | None = None
    reversal_response: ReversalResponse | None = None
    transaction_status_response: StatusResponse | None = None
    diagnosis_response: DiagnosisResponse | None = None
    reconciliation_response: ReconciliationResponse | None = None
    display_response: DisplayResponse | None = None
    event_notification: Event | None = None
