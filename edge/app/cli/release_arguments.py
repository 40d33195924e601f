"""Arguments of `edge release`, `edge software` and `edge hub release`."""

from __future__ import annotations

import argparse


def add_releases(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `edge release` and `edge software`."""
    release = commands.add_parser("release", help="manage newer versions for boxes").add_subparsers(
        metavar="ACTION", required=True
    )
    make = release.add_parser("make", help="package and sign this version")
    make.add_argument("folder", help="the folder for both files")
    make.add_argument(
        "--key", required=True, help="the private key; create a separate one with `edge hub signing-key FILE`"
    )
    make.add_argument("--least", default="", metavar="VERSION", help="the oldest version that it can replace")
    make.add_argument("--notes", default="", help="release notes (default: from CHANGELOG.md)")
    make.add_argument("--deb", action="store_true", help="also build a package for Debian 12 and 13 and Ubuntu 24.04")
    make.add_argument("--offline", action="store_true", help="also include what a shop without internet needs")
    make.add_argument(
        "--engines", action="store_true", help="with --offline: also include vision, speech and language models"
    )
    make.add_argument(
        "--image", action="store_true", help="also make and sign a disk image and its update, as root, in minutes"
    )
    make.set_defaults(command="release:make")
    verify = release.add_parser("verify", help="verify the signature of a release")
    verify.add_argument("folder", help="the folder with its files")
    verify.add_argument("--key", required=True, help="the public key of the release maker, in hexadecimal")
    verify.set_defaults(command="release:verify")
    sign = release.add_parser("sign-image", help="sign the update that `./run image` made")
    sign.add_argument("file", help="edge-store-VERSION.tar.gz in the folder update")
    sign.add_argument("--key", required=True, help="the private key of the release maker")
    sign.set_defaults(command="release:sign_image")
    software = commands.add_parser("software", help="show the version on this box").add_subparsers(
        metavar="ACTION", required=True
    )
    software.add_parser("install", help="install a requested version, as root").set_defaults(command="release:install")


def add_hub_release(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `edge hub release`."""
    bring = actions.add_parser("release", help="add a software release for a tenant's boxes")
    bring.add_argument("tenant")
    bring.add_argument("file", help="edge-store-VERSION.tar.gz, with its .json in the same folder")
    bring.set_defaults(command="release:bring")
