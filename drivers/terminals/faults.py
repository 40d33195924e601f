"""Why a payment terminal cannot do its work, as a DeviceError. Outcomes of payments carry the same codes."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.roles import DeviceError
from drivers.terminal_outcomes import TerminalFault

WORDS: Mapping[TerminalFault, tuple[str, str]] = {
    "declined": ("The bank declined", "Ask for another card or cash."),
    "cancelled": ("The payment was cancelled", "Begin again, or take cash."),
    "wrong_pin": ("The PIN was wrong", "Let the customer try again."),
    "pin_locked": ("The card is locked after wrong PINs", "Ask for another card or cash."),
    "card_expired": ("The card is no longer valid", "Ask for another card or cash."),
    "card_unreadable": ("The card could not be read", "Wipe its chip and try again, or take another card."),
    "insufficient": ("There is not enough money on the card", "Ask for another card or cash."),
    "not_accepted": ("This card is not accepted here", "Ask for another card or cash."),
    "limit": ("A limit is reached", "Close the terminal's day if it asks for it, or take cash."),
    "busy": ("It is busy", "Wait until it is idle, then try again."),
    "offline": ("It or its bank cannot be reached", "Check power and network; take cash meanwhile."),
    "paper": ("It has no paper", "Put in a new roll, then try again."),
    "not_registered": ("It is not set up for this till", "Call the installer."),
    "key": ("It does not accept our key or password", "Call the installer: the key is another one."),
    "terminal_fault": ("It has a fault", "Switch it off and on; if it stays so, call its maker."),
    "wrong_currency": ("It does not take this currency", "Take cash; the installer sets its currency."),
    "wrong_wire": ("It does not speak this protocol", "Call the installer: its driver or port is another one."),
    "certificate": ("Its certificate is not the one that is trusted", "Call the installer; take cash meanwhile."),
    "taken_back": ("The payment was taken back", "Nothing was charged. Begin again."),
    "too_late": ("It is too late to take the payment back", "Refund it: the card is presented again."),
    "gave_less": ("Less went back to the card than was asked", "Give the rest back: try again, or in cash."),
    "key_reused": ("The request was used for another sum", "Begin a new payment."),
    "look_up_first": ("A payment there is not cleared up yet", "Let it be looked up first; cash can be taken."),
    "silent": ("It fell silent", "Look at the terminal; what became of the payment is looked up."),
    "broke_off": ("The connection broke off", "Look at the terminal; what became of the payment is looked up."),
    "wrong_mode": (
        "It is for tests and its provider is not, or the other way round",
        "Call the installer; take cash.",
    ),
    "bad_answer": ("It answered what cannot be understood", "Look at the terminal, and call the installer."),
}
"""What happened, and what the cashier does about it."""


class TerminalError(DeviceError):
    """A DeviceError of a payment terminal; `fault` is why."""

    def __init__(self, thing: str, fault: TerminalFault, told: str = "") -> None:
        happened, advice = WORDS[fault]
        super().__init__(f"The {thing}: {happened}.", advice, f"terminal_{fault}")
        self.fault: TerminalFault = fault
        self.told = told
