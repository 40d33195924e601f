"""Signing keys of fiscal law: secrets of the box, included in its backups."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from edge.accounting.fiscal.regimes import Regime
from edge.core.secrets.store import SecretMissing, SecretStore
from edge.lib.errors import EdgeError
from edge.lib.fiscal.austria.receipt import KEY_BYTES
from edge.lib.fiscal.es256 import from_base64url, to_base64url

if TYPE_CHECKING:
    from cryptography import x509

_CURVE = ec.SECP256R1


class FiscalKeys:
    """A box's private keys by regime, loaded when first used."""

    def __init__(self, secrets: SecretStore) -> None:
        self._secrets = secrets
        self._read: dict[str, ec.EllipticCurvePrivateKey] = {}
        self._counters: dict[str, bytes] = {}
        self._fingerprint: str | None = None

    def key(self, regime: Regime) -> ec.EllipticCurvePrivateKey:
        """A regime's key. Raises `EdgeError` if it's missing or can't be decrypted, `ValueError` if it's invalid."""
        if regime not in self._read:
            number = int.from_bytes(from_base64url(self._secrets.open(_name(regime))), "big")
            self._read[regime] = ec.derive_private_key(number, _CURVE())
        return self._read[regime]

    def has(self, regime: Regime) -> bool:
        """Whether the key is usable."""
        try:
            self.key(regime)
        except (EdgeError, OSError, ValueError):
            return False
        return True

    def get_or_create(self, regime: Regime, anew: bool = False) -> ec.EllipticCurvePrivateKey:
        """The key, created if missing. `anew`: always create a new one."""
        if not anew and self._secrets.has(_name(regime)):
            return self.key(regime)
        key = ec.generate_private_key(_CURVE())
        number = key.private_numbers().private_value
        self._secrets.set(_name(regime), to_base64url(number.to_bytes(KEY_BYTES, "big")))
        self._read[regime] = key
        return key

    def certificate(self) -> bytes:
        """Québec's certificate as PEM; empty if there is none."""
        try:
            return from_base64url(self._secrets.open(f"{_name('ca-qc')}.certificate"))
        except (EdgeError, OSError, ValueError):
            return b""

    def keep_certificate(self, pem: bytes) -> None:
        """Store Québec's certificate. Raises `ValueError` if it's invalid."""
        _read(pem)
        self._secrets.set(f"{_name('ca-qc')}.certificate", to_base64url(pem))
        self._fingerprint = None

    @property
    def fingerprint(self) -> str:
        """SHA-1 of Québec's certificate in hexadecimal; zeros if there is none."""
        if self._fingerprint is None:
            pem = self.certificate()
            # the authority identifies certificates by SHA-1; it isn't used for protection
            self._fingerprint = _read(pem).fingerprint(SHA1()).hex() if pem else "0" * 40  # nosec B303
        return self._fingerprint

    def counter_key(self) -> bytes:
        """Austria's AES key, which encrypts the revenue counter on receipts; created if missing."""
        name = f"{_name('at')}.counter"
        if name not in self._counters:
            try:
                found = from_base64url(self._secrets.open(name))
            except SecretMissing:
                found = os.urandom(KEY_BYTES)
                self._secrets.set(name, to_base64url(found))
            self._counters[name] = found
        return self._counters[name]


def public_text(key: ec.EllipticCurvePrivateKey) -> str:
    """The public key, as in events."""
    return to_base64url(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _read(pem: bytes) -> x509.Certificate:
    from cryptography.x509 import load_pem_x509_certificate  # imported late: only shops under this law need it

    return load_pem_x509_certificate(pem)


def _name(regime: str) -> str:
    return f"box.fiscal.{regime}"
