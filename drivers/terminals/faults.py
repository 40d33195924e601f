"""The reasons why a payment terminal can't work, as a DeviceError. Payment outcomes have the same codes."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.roles import DeviceError
from drivers.terminal_outcomes import TerminalFault

WORDS: Mapping[TerminalFault, tuple[str, str]] = {
    "declined": ("The bank declined the payment", "Ask for another card or cash."),
    "cancelled": ("The payment was cancelled", "Start again, or take cash."),
    "wrong_pin": ("Wrong PIN", "Ask the customer to try again."),
    "pin_locked": ("The card is locked after too many wrong PINs", "Ask for another card or cash."),
    "card_expired": ("The card has expired", "Ask for another card or cash."),
    "card_unreadable": ("The card can't be read", "Wipe the chip and try again, or use another card."),
    "insufficient": ("Insufficient funds", "Ask for another card or cash."),
    "not_accepted": ("This card isn't accepted here", "Ask for another card or cash."),
    "limit": ("The terminal has reached a limit", "Run the terminal's end of day if it asks you to, or take cash."),
    "busy": ("The terminal is busy", "Wait until it is ready, then try again."),
    "offline": ("The terminal or its bank can't be reached", "Check power and network. Take cash for now."),
    "paper": ("The terminal is out of paper", "Insert a new roll, then try again."),
    "not_registered": ("The terminal isn't set up for this register", "Call the installer."),
    "key": ("The terminal rejected the till's key or password", "Call the installer to check the key."),
    "terminal_fault": (
        "The terminal reports a fault",
        "Turn it off and on again. If that doesn't help, call its provider.",
    ),
    "wrong_currency": (
        "The terminal doesn't accept this currency",
        "Take cash, and ask the installer to set its currency.",
    ),
    "wrong_wire": ("The terminal doesn't use this protocol", "Call the installer to check the driver and port."),
    "certificate": ("The terminal's certificate isn't trusted", "Call the installer. Take cash for now."),
    "taken_back": ("The payment was reversed", "Nothing was charged. Start again."),
    "too_late": (
        "It is too late to reverse the payment",
        "Refund it instead. The customer must present the card again.",
    ),
    "gave_less": (
        "Less than the requested amount was refunded to the card",
        "Refund the rest: try again, or use cash.",
    ),
    "key_reused": ("This request was already used for another amount", "Start a new payment."),
    "look_up_first": (
        "An earlier payment on the terminal is still unresolved",
        "Wait until it has been checked. Take cash for now.",
    ),
    "silent": ("The terminal stopped responding", "Check the terminal. The payment's status is being checked."),
    "broke_off": (
        "The connection to the terminal was lost",
        "Check the terminal. The payment's status is being checked.",
    ),
    "wrong_mode": (
        "The terminal is in test mode but its provider is live, or the other way round",
        "Call the installer. Take cash for now.",
    ),
    "bad_answer": ("The terminal sent an answer that can't be read", "Check the terminal, and call the installer."),
}
"""Faults in the cashier's words, each with advice."""


class TerminalError(DeviceError):
    """A DeviceError of a payment terminal; `fault` is the reason."""

    def __init__(self, thing: str, fault: TerminalFault, told: str = "") -> None:
        happened, advice = WORDS[fault]
        super().__init__(f"The {thing}: {happened}.", advice, f"terminal_{fault}")
        self.fault: TerminalFault = fault
        self.told = told
