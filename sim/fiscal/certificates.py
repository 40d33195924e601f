"""Certificates of a simulated authority: its own, its server's, and those it issues."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

HERE = "127.0.0.1"
_DAYS = 3650


class SimAuthority:
    """A certificate authority. Its certificate is in `ca`, next to its server's, in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Played authority")])
        self.certificate = self._issue_certificate(self._name, self.key.public_key(), ca=True)
        self.ca = folder / "authority.pem"
        self.ca.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        self._server = folder / "server.pem"
        key = ec.generate_private_key(ec.SECP256R1())
        server = self._issue_certificate(
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HERE)]), key.public_key(), ca=False
        )
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._server.write_bytes(private + server.public_bytes(Encoding.PEM))

    def tls(self, clients: bool) -> ssl.SSLContext:
        """The server's TLS context; `clients`: clients must present a certificate of this authority."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._server)
        if clients:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.ca)
        return context

    def sign_request(self, request: x509.CertificateSigningRequest) -> bytes:
        """Return a certificate for a signing request, as PEM.

        Raises `ValueError` if the request isn't signed with its own key.
        """
        if not request.is_signature_valid:
            raise ValueError("the request isn't signed by its own key")
        made = self._issue_certificate(request.subject, request.public_key(), ca=False)  # type: ignore[arg-type]
        return made.public_bytes(Encoding.PEM)

    def _issue_certificate(self, subject: x509.Name, key: ec.EllipticCurvePublicKey, ca: bool) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=_DAYS))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HERE))]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if ca:
            usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
            builder = builder.add_extension(usage, critical=True)
        return builder.sign(self.key, SHA256())
