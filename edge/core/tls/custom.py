"""A custom certificate as an owner adds it on a page: its chain and its key as PEM text. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from edge.core.tls.authority import names_of

CustomFault = Literal[
    "certificate_no_certificate",
    "certificate_no_key",
    "certificate_key_locked",
    "certificate_key_kind",
    "certificate_mismatch",
    "certificate_not_yet",
    "certificate_over",
    "certificate_no_names",
]
"""Reasons why a certificate can't be used, as refusal codes."""
_RSA_BITS = 2048
"""Browsers refuse shorter RSA keys (CA/Browser Forum, Baseline Requirements 6.1.5)."""


class CustomCertificateError(ValueError):
    """A custom certificate that can't be used: `fault` says why."""

    def __init__(self, fault: CustomFault) -> None:
        super().__init__(fault)
        self.fault = fault


class CustomCertificate(msgspec.Struct, frozen=True):
    """A certificate that fits its key and is valid now; `chain_pem` begins with it, `key_pem` is its key (PKCS 8)."""

    certificate: x509.Certificate
    chain_pem: str
    key_pem: str


def read_custom(chain: str, key: str, now: datetime) -> CustomCertificate:
    """Check and normalize a chain and its key. The chain's certificates may be in any order, because authorities
    differ. Raises `CustomCertificateError`."""
    certificates, private = _certificates(chain), _private_key(key)
    own = next((one for one in certificates if one.public_key() == private.public_key()), None)
    if own is None:
        raise CustomCertificateError("certificate_mismatch")
    if now < own.not_valid_before_utc:
        raise CustomCertificateError("certificate_not_yet")
    if now >= own.not_valid_after_utc:
        raise CustomCertificateError("certificate_over")
    if not any(names_of(own)):
        raise CustomCertificateError("certificate_no_names")
    ordered = [own, *(one for one in certificates if one != own)]
    chain_pem = "".join(one.public_bytes(Encoding.PEM).decode() for one in ordered)
    return CustomCertificate(own, chain_pem, _text_of(private))


def _certificates(text: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(text.encode())
    except ValueError:
        raise CustomCertificateError("certificate_no_certificate") from None


def _private_key(text: str) -> ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey:
    try:
        key = load_pem_private_key(text.encode(), None)
    except TypeError:
        raise CustomCertificateError("certificate_key_locked") from None
    except (ValueError, UnsupportedAlgorithm):
        raise CustomCertificateError("certificate_no_key") from None
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _RSA_BITS:
        return key
    raise CustomCertificateError("certificate_key_kind")


def _text_of(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
