"""A terminal with Adyen's Terminal API over HTTPS: https://docs.adyen.com/point-of-sale/design-your-integration/
(Terminal API, local communications), written from those public pages and the messages in Adyen's libraries (MIT).

It answers a payment in the exchange that requested it, once it is over; abort and status use other connections.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
from typing import Any, NamedTuple
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from sim.terminal.http_server import SimHttpTerminal, SimRequest
from sim.terminal.server import CARD, SimPayment

PASSPHRASE, KEY_IDENTIFIER = "correct horse battery staple", "till-key"
POI_ID = "P400Plus-275039202"
CERTIFICATE_NAME = f"{POI_ID}.test.terminal.adyen.com"
TIME = "2026-11-01T20:09:16.000Z"
"""The terminal's time in UTC; in Berlin it's 21:09:16."""
TRACK, PIN_BLOCK = f";{CARD}=30122010000012345678?", "0412AC89ABCDEF67"
"""Card data that no till needs: the second track, and the PIN as the terminal encrypts it."""
CONDITIONS = {"busy": "Busy", "paper": "DeviceOut"}


class _Asked(NamedTuple):
    line: asyncio.Transport
    header: dict[str, str]


class SimNexoTerminal(SimHttpTerminal):
    """A terminal of the test environment. `seen`: the ServiceIDs it has processed."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        super().__init__(tls)
        self._waiting: dict[str, _Asked] = {}
        self._services: dict[str, SimPayment] = {}

    @property
    def passphrase(self) -> str:
        return "another one" if self.fault == "wrong_key" else PASSPHRASE

    def handle_request(self, request: SimRequest) -> None:
        assert (request.method, request.path) == ("POST", "/nexo")
        plain = _decrypt_message(json.loads(request.body)["SaleToPOIRequest"], self.passphrase)
        if plain is None:
            event = {"EventToNotify": "Reject", "EventDetails": "message=crypto+error+3"}
            self.answer(request.line, 401, {"SaleToPOIRequest": {"EventNotification": event}})
            return
        message = plain["SaleToPOIRequest"]
        asked = _Asked(request.line, message["MessageHeader"])
        match asked.header["MessageCategory"]:
            case "Payment":
                self._pay(asked, message["PaymentRequest"])
            case "Reversal":
                self._reverse(asked, message["ReversalRequest"])
            case "Abort":
                self._abort(asked, message["AbortRequest"]["MessageReference"]["ServiceID"])
            case "TransactionStatus" if not self.stays_silent(request.line, "after"):
                self._find(asked, message["TransactionStatusRequest"]["MessageReference"])
            case "Diagnosis" if self.fault not in ("silent_before", "silent_after"):
                self._diagnose(asked)
            case "Reconciliation":
                self._close(asked)
            case "Display":
                outputs = message["DisplayRequest"]["DisplayOutput"]
                self.lines = tuple(line["Text"] for line in outputs[0]["OutputContent"]["OutputText"])
                self._say(asked, "DisplayResponse", {"OutputResult": [{"Response": {"Result": "Success"}}]})

    def _pay(self, asked: _Asked, body: dict[str, Any]) -> None:
        refund = body.get("PaymentData", {}).get("PaymentType") == "Refund"
        amounts = body["PaymentTransaction"]["AmountsReq"]
        cash_back_minor = round(amounts.get("CashBackAmount", 0) * 100)
        asks_tip = "AskGratuity" in body["SaleData"].get("SaleToAcquirerData", "")
        minor, tip_minor = round(amounts["RequestedAmount"] * 100), self.tip_minor * asks_tip
        self._begin(asked, "refund" if refund else "payment", minor, tip_minor, cash_back_minor)

    def _reverse(self, asked: _Asked, body: dict[str, Any]) -> None:
        id = body["OriginalPOITransaction"]["POITransactionID"]
        assert id["TimeStamp"] == TIME
        paid = next(one for one in self.payments if _tender(one) == id["TransactionID"])
        self._begin(asked, "refund", paid.amount_minor)

    def _begin(self, asked: _Asked, kind: Any, minor: int, tip_minor: int = 0, cash_back_minor: int = 0) -> None:
        service = asked.header["ServiceID"]
        if self.fault in CONDITIONS or self.running is not None:
            self._fail(asked, CONDITIONS.get(self.fault, "Busy"))
        elif service in self._services:
            self._fail(asked, "MessageFormat")  # service ids must be unique
        elif not self.stays_silent(asked.line, "before"):
            payment = self._services[service] = self.begin(service, kind, minor)
            payment.cash_back_minor = cash_back_minor * (self.fault != "no_cash_back")
            payment.asked_minor -= cash_back_minor - payment.cash_back_minor
            payment.tip_minor, payment.surcharge_minor = tip_minor, self.surcharge_minor * (kind == "payment")
            self._waiting[service] = asked
            self.awaits_card(payment)

    def forget(self, payment: SimPayment) -> None:
        super().forget(payment)
        del self._services[payment.key], self._waiting[payment.key]

    def card_presented(self, payment: SimPayment) -> None:
        payment.amount_minor = self.granted_minor(payment) + payment.tip_minor + payment.surcharge_minor
        declined = self.fault == "decline" or not payment.amount_minor
        payment.code = "Refusal" if declined else ""
        self._over(payment, "declined" if declined else "taken")

    def _over(self, payment: SimPayment, state: Any) -> None:
        self.settle(payment, state)
        asked = self._waiting.pop(payment.key)
        if not self.stays_silent(asked.line, "after"):
            self._say(asked, f"{asked.header['MessageCategory']}Response", self._finish_payment(payment, asked.header))

    def _abort(self, asked: _Asked, service: str) -> None:
        payment = self._services.get(service)
        if payment is not None and payment is self.running and self.fault != "deaf":
            payment.code = "Aborted"
            self._over(payment, "declined")
        self.answer(asked.line, 200)

    def _find(self, asked: _Asked, of: dict[str, str]) -> None:
        payment = self._services.get(of["ServiceID"])
        if payment is None or payment.state == "running":
            condition = "NotFound" if payment is None else "InProgress"
            response = {"Result": "Failure", "ErrorCondition": condition}
            self._say(asked, "TransactionStatusResponse", {"Response": response})
            return
        header = {**asked.header, "MessageCategory": of["MessageCategory"], "ServiceID": of["ServiceID"]}
        body = {f"{of['MessageCategory']}Response": self._finish_payment(payment, header)}
        again = {"MessageHeader": {**header, "MessageType": "Response"}, "RepeatedResponseMessageBody": body}
        found = {"Response": {"Result": "Success"}, "RepeatedMessageResponse": again}
        self._say(asked, "TransactionStatusResponse", found)

    def _diagnose(self, asked: _Asked) -> None:
        status = {
            "CommunicationOKFlag": True,
            "GlobalStatus": "Busy" if self.fault == "busy" else "OK",
            "PrinterStatus": "NoPaper" if self.fault == "paper" else "OK",
        }
        self._say(asked, "DiagnosisResponse", {"Response": {"Result": "Success"}, "POIStatus": status})

    def _close(self, asked: _Asked) -> None:
        totals: list[dict[str, Any]] = []
        for kind, name in (("payment", "Debit"), ("refund", "Credit")):
            counted = [one for one in self.payments if one.state == "taken" and not one.closed and one.kind == kind]
            minor = sum(one.amount_minor for one in counted)
            of = {"TransactionType": name, "TransactionCount": len(counted), "TransactionAmount": minor / 100}
            totals += [of] if counted else []
        self.close_day()
        by_brand = [{"CardBrand": "visa", "PaymentCurrency": "EUR", "PaymentTotals": totals}] if totals else []
        body = {"Response": {"Result": "Success"}, "TransactionTotals": by_brand}
        self._say(asked, "ReconciliationResponse", body)

    def _fail(self, asked: _Asked, condition: str) -> None:
        response = {"Result": "Failure", "ErrorCondition": condition, "AdditionalResponse": f"message=NO+{CARD}"}
        self._say(asked, f"{asked.header['MessageCategory']}Response", {"Response": response})

    def _finish_payment(self, payment: SimPayment, header: dict[str, str]) -> dict[str, Any]:
        if payment.state != "taken":
            told = {"refusalReason": "NOT_ENOUGH_BALANCE", "message": f"NO FUNDS {CARD}"}
            condition = {"Result": "Failure", "ErrorCondition": payment.code, "AdditionalResponse": urlencode(told)}
            return {"Response": condition}
        poi = {"POITransactionID": {"TransactionID": _tender(payment), "TimeStamp": TIME}}
        if header["MessageCategory"] == "Reversal":
            return {"Response": {"Result": "Success"}, "POIData": poi}
        partial = payment.amount_minor < payment.asked_minor
        return {
            "Response": {"Result": "Partial" if partial else "Success", "AdditionalResponse": self._beside(payment)},
            "POIData": {**poi, "POIReconciliationID": "1000"},
            "PaymentResult": {
                "OnlineFlag": self.fault != "stored",
                "AmountsResp": _amounts(payment),
                "PaymentAcquirerData": {"ApprovalCode": "A12345", "AcquirerPOIID": POI_ID, "MerchantID": "Corner"},
                "PaymentInstrumentData": {"PaymentInstrumentType": "Card", "CardData": self._card()},
                "CardholderPIN": {"EncrPINBlock": PIN_BLOCK, "PINFormat": "ISO0"},
                **self._conversion(payment),
            },
            "PaymentReceipt": [_receipt("CustomerReceipt"), _receipt("CashierReceipt")],
        }

    def _conversion(self, payment: SimPayment) -> dict[str, Any]:
        """The amount in the card's own currency, as `CurrencyConversion` in
        https://docs.adyen.com/api-explorer/terminal-api."""
        if not self.dcc:
            return {}
        amount = {"AmountValue": float(self.converted_total(payment).split()[0]), "Currency": self.dcc}
        told = {"ConvertedAmount": amount, "CustomerApprovedFlag": True, "Rate": 0.85, "Markup": "3"}
        return {"CurrencyConversion": [told]}

    def _card(self) -> dict[str, Any]:
        masked = CARD if self.fault == "whole_number" else f"{CARD[:6]} **** {CARD[-4:]}"
        track = {"TrackNumb": 2, "TrackFormat": "ISO", "TrackValue": TRACK}
        beside = {"SensitiveCardData": {"PAN": CARD, "ExpiryDate": "1230", "TrackData": [track]}}
        return {"MaskedPan": masked, "PaymentBrand": "visa", "EntryMode": ["ICC"], **beside}

    def _beside(self, payment: SimPayment) -> str:
        time = "03:00:00" if self.fault == "wrong_clock" else "21:09:16"
        beside = {
            "fundingSource": self.funding.upper(),
            "tid": "75039202",
            "AID": "A0000000031010",
            "txdate": "01-11-2026",
            "txtime": time,
        }
        if payment.surcharge_minor:
            beside["surchargeAmount"] = str(payment.surcharge_minor)
        return urlencode(
            {**beside, "cardHolderVerificationMethodResults": "1E0302" if self.signs else "020302", "cardBin": CARD[:6]}
        )

    def _say(self, asked: _Asked, name: str, body: dict[str, Any]) -> None:
        header = {**asked.header, "MessageType": "Response"}
        plain = json.dumps({"SaleToPOIResponse": {"MessageHeader": header, name: body}}).encode()
        self.answer(asked.line, 200, {"SaleToPOIResponse": _encrypt_message(plain, header, self.passphrase)})


def _amounts(payment: SimPayment) -> dict[str, Any]:
    """The total charged, and its tip and cash-back parts, in major units."""
    tip = {"TipAmount": payment.tip_minor / 100} if payment.tip_minor else {}
    cash = {"CashBackAmount": payment.cash_back_minor / 100} if payment.cash_back_minor else {}
    return {"Currency": "EUR", "AuthorizedAmount": payment.amount_minor / 100, **tip, **cash}


def _tender(payment: SimPayment) -> str:
    return f"4r7i001793563756{payment.number:03d}.8815573255{payment.number:06d}"


def _receipt(qualifier: str) -> dict[str, Any]:
    lines = [{"name": "Card", "value": CARD, "key": "pan"}, {"name": "APPROVED", "key": "approved"}]
    text = [{"Text": urlencode(one), "EndOfLineFlag": True} for one in lines]
    content = {"OutputFormat": "Text", "OutputText": [{"Text": "key=header1"}, *text]}
    return {"DocumentQualifier": qualifier, "RequiredSignatureFlag": False, "OutputContent": content}


def _keys(passphrase: str) -> tuple[bytes, bytes, bytes]:
    made = hashlib.pbkdf2_hmac("sha1", passphrase.encode(), b"AdyenNexoV1Salt", 4000, 80)
    return made[:32], made[32:64], made[64:]


def _cipher(key: bytes, iv: bytes, nonce: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES256(key), modes.CBC(bytes(one ^ other for one, other in zip(iv, nonce, strict=True))))


def _decrypt_message(message: dict[str, Any], passphrase: str) -> dict[str, Any] | None:
    """The plain text; None if it was encrypted with another key."""
    signing, key, iv = _keys(passphrase)
    trailer = message["SecurityTrailer"]
    decryptor = _cipher(key, iv, base64.b64decode(trailer["Nonce"])).decryptor()
    padded = decryptor.update(base64.b64decode(message["NexoBlob"])) + decryptor.finalize()
    unpadder = PKCS7(128).unpadder()
    try:
        plain = unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        return None
    if base64.b64encode(hmac.digest(signing, plain, "sha256")).decode() != trailer["Hmac"]:
        return None
    opened: dict[str, Any] = json.loads(plain)
    assert opened["SaleToPOIRequest"]["MessageHeader"] == message["MessageHeader"]
    return opened


def _encrypt_message(plain: bytes, header: dict[str, str], passphrase: str) -> dict[str, Any]:
    signing, key, iv = _keys(passphrase)
    nonce = hashlib.sha256(plain).digest()[:16]
    padder = PKCS7(128).padder()
    encryptor = _cipher(key, iv, nonce).encryptor()
    blob = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    trailer = {
        **{"AdyenCryptoVersion": 1, "KeyIdentifier": KEY_IDENTIFIER, "KeyVersion": 1},
        **{"Nonce": base64.b64encode(nonce).decode(), "Hmac": None},
    }
    trailer["Hmac"] = base64.b64encode(hmac.digest(signing, plain, "sha256")).decode()
    return {"MessageHeader": header, "NexoBlob": base64.b64encode(blob).decode(), "SecurityTrailer": trailer}
