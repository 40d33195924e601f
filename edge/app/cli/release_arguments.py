"""Arguments of `edge release`, `edge software` and `edge hub release`."""

from __future__ import annotations

import argparse


def add_releases(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Making releases, and taking them."""
    release = commands.add_parser("release", help="newer versions for boxes").add_subparsers(
        metavar="ACTION", required=True
    )
    make = release.add_parser("make", help="pack this version, and sign it")
    make.add_argument("folder", help="where both files go")
    make.add_argument(
        "--key", required=True, help="the private key; `edge hub signing-key FILE` makes one for this alone"
    )
    make.add_argument("--least", default="", metavar="VERSION", help="the oldest version that it takes the place of")
    make.add_argument("--notes", default="", help="what is new, for people (default: what CHANGELOG.md says of it)")
    make.add_argument("--deb", action="store_true", help="also a package for Debian 12 and 13 and Ubuntu 24.04")
    make.add_argument("--offline", action="store_true", help="also what a shop without internet needs")
    make.add_argument("--engines", action="store_true", help="with --offline: also what sees, hears and answers")
    make.set_defaults(command="release:make")
    verify = release.add_parser("verify", help="whether a release is what was signed")
    verify.add_argument("folder", help="where its files are")
    verify.add_argument("--key", required=True, help="the public key of whoever makes releases, hexadecimal")
    verify.set_defaults(command="release:verify")
    software = commands.add_parser("software", help="what this box runs").add_subparsers(
        metavar="ACTION", required=True
    )
    software.add_parser("install", help="do what the shop asks of root, if anything").set_defaults(
        command="release:install"
    )


def add_hub_release(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Bringing them to head office."""
    bring = actions.add_parser("release", help="bring a release of the software, for a tenant's boxes")
    bring.add_argument("tenant")
    bring.add_argument("file", help="edge-store-VERSION.tar.gz, with its .json beside it")
    bring.set_defaults(command="release:bring")
