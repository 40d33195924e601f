"""The simulated terminal's own wire: JSON lines. A payment completes only when the till confirms it (`confirm`)."""

from __future__ import annotations

import json
from typing import Any

from sim.terminal.server import CARD, SimPayment, SimTerminalServer

SECRET = "let-me-in"


class SimJsonTerminal(SimTerminalServer):
    """A terminal that supports everything the driver `sim` requests."""

    def __init__(self) -> None:
        super().__init__()
        self._let_in = False
        self._offered: SimPayment | None = None
        self._currency = "EUR"

    def message_size(self, held: bytes) -> int:
        return held.find(b"\n") + 1

    def on_lost(self) -> None:
        self._let_in = False
        if self._offered is not None:
            self.settle(self._offered, "back")
            self._offered = None

    def on_message(self, message: bytes) -> None:
        asked = json.loads(message)
        if self.fault == "garbage":
            self.write(b"\x02\xffcard " + CARD.encode() + b"\n")
        elif asked["do"] == "hello":
            self._let_in = asked["secret"] == SECRET and self.fault != "wrong_key"
            self._say(says="ok") if self._let_in else self._say(says="no", code="key")
        elif not self._let_in:
            self._say(says="no", code="key")
        else:
            self._obey(asked["do"], asked)

    def _obey(self, do: str, asked: dict[str, Any]) -> None:
        match do:
            case "payment" | "refund" | "tip":
                self._request(asked)
            case "confirm" if self._offered is not None:
                self._confirm_payment(self._offered, bool(asked["taken"]))
            case "cancel" if self.running is not None and self.fault != "deaf":
                self._offered, self.running.code = None, "cancelled"
                self._decline(self.running)
            case "find":
                self._find(asked["key"])
            case "close_day":
                taken = self.close_day()
                amount_minor = sum(one.amount_minor * (-1 if one.kind == "refund" else 1) for one in taken)
                visa = {
                    "brand": "VISA",
                    "count": sum(one.kind != "tip" and not one.lowers for one in taken),
                    "amount_minor": amount_minor,
                }
                self._say(says="totals", brands=[visa] if taken else [])
            case "state":
                code = self.fault if self.fault in ("busy", "paper") else ""
                self._say(says="state", code=code, version="sim 1")
            case "show":
                self.lines = tuple(asked["lines"])
                self._say(says="ok")

    def _request(self, asked: dict[str, Any]) -> None:
        if self.fault in ("busy", "paper"):
            self._say(says="no", code=self.fault)
        elif self.fault == "cut_before":
            self.hang_up()
        elif self.fault != "silent_before":
            if any(one.key == asked["key"] for one in self.payments):
                self._find(asked["key"])
                return
            self._currency = asked["currency"]
            payment = self.begin(asked["key"], asked["do"], asked["amount_minor"])
            payment.cash_back_minor = asked.get("cash_back_minor", 0)
            payment.tip_minor = self.tip_minor if asked.get("asks_tip") else 0
            payment.offline_most_minor = asked.get("offline_most_minor", 0)
            self._say(says="ok")
            if payment.kind == "tip":
                self._add_tip(payment, asked["reference"])
                return
            if asked.get("voids") and self.is_settled(asked["reference"]):
                payment.code = "too_late"
                self._decline(payment)
                return
            if payment.kind == "refund" and asked.get("tip_before_minor"):  # lowers the tip, without the card
                payment.lowers, payment.amount_minor = True, payment.asked_minor
                self._offer(payment)
                return
            self._say(says="step", step="insert_card")
            self.awaits_card(payment)

    def card_presented(self, payment: SimPayment) -> None:
        payment.surcharge_minor = self.surcharge_minor if payment.kind == "payment" else 0
        payment.amount_minor = self.granted_minor(payment) + payment.tip_minor + payment.surcharge_minor
        payment.offline = self.fault in ("stored", "host_gone")
        if self.fault == "host_gone" and payment.amount_minor > payment.offline_most_minor:
            payment.code = "offline"
            self._decline(payment)
        elif self.fault == "no_cash_back":
            payment.amount_minor -= payment.cash_back_minor
            self._offer(payment)
        elif self.fault == "decline" or not payment.amount_minor:
            payment.code = "insufficient"
            self._decline(payment)
        elif not self.asker_listens:
            self.settle(payment, "taken")  # the terminal continued without the till, and completed it
        else:
            self._offer(payment)

    def _add_tip(self, tip: SimPayment, reference: str) -> None:
        """Add a tip to a payment of today, without the card present."""
        base = [one for one in self.payments if one.kind == "payment" and one.reference == reference and not one.closed]
        tip.of = reference
        if self.fault == "decline" or not base:
            tip.code = "too_late"
            self._decline(tip)
        else:
            tip.amount_minor = tip.asked_minor
            self._offer(tip)

    def _offer(self, payment: SimPayment) -> None:
        self._offered = payment
        self._say(**self._approval(payment, final=False))

    def _confirm_payment(self, payment: SimPayment, taken: bool) -> None:
        self._offered = None
        self.settle(payment, "taken" if taken else "back")
        if self.fault == "cut_after":
            self.hang_up()
        elif self.fault == "reboot_after":
            self.reboot()
        elif self.fault != "silent_after":
            self._find(payment.key)
            if self.fault == "twice":
                self._find(payment.key)
            elif self.fault == "contradicts":
                self._say(says="declined", code="insufficient")

    def _decline(self, payment: SimPayment) -> None:
        self.settle(payment, "declined")
        self._say(says="declined", code=payment.code, told=f"NO FUNDS {CARD}")

    def _find(self, key: str) -> None:
        payment = next((one for one in self.payments if one.key == key), None)
        match payment and payment.state:
            case None:
                self._say(says="not_found")
            case "running":
                self._say(says="running")
            case "taken":
                assert payment is not None
                self._say(**self._approval(payment, final=True))
            case state:
                assert payment is not None
                self._say(says="declined", code="taken_back" if state == "back" else payment.code)

    def _approval(self, payment: SimPayment, *, final: bool) -> dict[str, Any]:
        return {
            **{"says": "approved", "final": final, "amount_minor": payment.amount_minor, "currency": self._currency},
            **{"reference": payment.reference, "authorisation": "A12345", "brand": "VISA", "entry": "chip"},
            **{
                "card": CARD if self.fault == "whole_number" else CARD[-4:],
                "cvm": "signature" if self.signs else "pin",
                "at": "11-01 21:09:16",
            },
            **{
                "offline": payment.offline,
                "tip_minor": payment.tip_minor,
                "surcharge_minor": payment.surcharge_minor,
                "funding": self.funding,
                **({"converted": self.converted_total(payment), "rate": "0.85", "markup": "3"} if self.dcc else {}),
                "slip": ["CARD PAYMENT", f"CARD {CARD}"],
                "merchant_slip": [],
            },
        }

    def _say(self, **message: Any) -> None:
        self.write(json.dumps(message).encode() + b"\n")
