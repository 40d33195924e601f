"""Normalisation of phone numbers and email addresses, for users and customers. Pure."""

from __future__ import annotations

import re
import unicodedata

import msgspec

from edge.core.messages import Refusal
from edge.lib.i18n.unseen import has_control, without_unseen

EMAIL_CHARS = 254
"""RFC 5321, section 4.5.3.1.3."""
_EMAIL = re.compile(r"[^@\s<>()\[\],;:\"\\]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_](?:[\w-]{0,61}[^\W_])")
"""An address as in RFC 5321, with letters of any script. Rare forms aren't accepted: quotes, comments, lists, addresses
without a domain."""
_EXTENSION = re.compile(r"\s*(?:,?\s*poste|שלוחה)\.?\s*(?=\d{1,7}\s*$)", re.I)
"""Words for "extension" that libphonenumber doesn't know."""
_NORTH_AMERICAN = re.compile(r"[2-9]\d\d[2-9]\d{6}")


class PhoneNumber(msgspec.Struct, frozen=True):
    """A phone number by ITU-T E.164, with an optional extension, which doesn't distinguish people."""

    e164: str = ""
    extension: str = ""

    @property
    def text(self) -> str:
        """Both parts, in a form that `phone_of` parses."""
        return f"{self.e164} ext. {self.extension}" if self.extension else self.e164


def phone_of(text: str, region: str) -> PhoneNumber:
    """Parse a phone number as written in a country."""
    import phonenumbers  # takes 3 MB, which a till without customers doesn't need

    text = without_unseen(text)
    if not text.strip():
        return PhoneNumber()
    if len(text) > 60 or has_control(text):
        raise Refusal("phone_invalid")
    try:
        parsed = phonenumbers.parse(_EXTENSION.sub(" ext. ", text), region)
    except phonenumbers.NumberParseException:
        raise Refusal("phone_invalid") from None
    # Check lengths and the shape of North American numbers, not which ranges are assigned: those change every year,
    # and a shop's data may be years old.
    if phonenumbers.is_possible_number_with_reason(parsed) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise Refusal("phone_invalid")  # includes numbers that can only be dialled locally
    if parsed.country_code == 1 and not _NORTH_AMERICAN.fullmatch(phonenumbers.national_significant_number(parsed)):
        raise Refusal("phone_invalid")
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return PhoneNumber(e164, parsed.extension or "")


def email_of(text: str) -> str:
    """Normalise an email address: trim it and convert it to lower case, leaving dots and tags."""
    mail = unicodedata.normalize("NFC", without_unseen(text)).strip().lower()
    if not mail:
        return ""
    if len(mail) > EMAIL_CHARS or has_control(mail) or not _EMAIL.fullmatch(mail):
        raise Refusal("email_invalid")
    return mail
