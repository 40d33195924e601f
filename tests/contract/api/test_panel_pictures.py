"""Product pictures over HTTP: re-encoded on upload, and deleted once no product has them."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from edge.goods.catalog.pages import pictures_api as pictures
from edge.web.limits import PICTURE_SIDE, PICTURE_UNUSED_S, PICTURE_UPLOAD_BYTES
from tests.browser.calling import Caller, calling
from tests.browser.serving import Served, serve
from tests.shop_fixture import run

PICTURES = "/api/v1/pictures"
GPS, ORIENTATION, ARTIST = 0x8825, 0x0112, 0x013B


def photograph(width: int = 2000, height: int = 1000, form: str = "JPEG") -> bytes:
    """Return a photo as a camera stores it: rotated, with the place and the owner's name. Half red, half blue."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[ARTIST] = "Dana Levi"
    exif[GPS] = {1: "N", 2: (32.0, 5.0, 0.0)}
    out = io.BytesIO()
    image.save(out, form, exif=exif)
    return out.getvalue()


def vast() -> bytes:
    """Return a PNG that claims 64 megapixels but has hardly any bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 8000, 8000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


async def brought(caller: Caller, served: Served, data: bytes) -> str:
    answer = await caller.call("POST", PICTURES, data, Grant=served.site.door.token)
    assert answer.status == 200, answer
    return str(answer.json["name"])


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_made_anew_upright_and_says_nothing_of_its_camera(tmp_path: Path, form: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            name = await brought(caller, served, photograph(form=form))
            kept = (served.config.folder / "pictures" / name).read_bytes()
            assert b"Dana" not in kept
            with Image.open(io.BytesIO(kept)) as image:
                assert (image.format, image.size) == ("WEBP", (PICTURE_SIDE // 2, PICTURE_SIDE))
                assert dict(image.getexif()) == {}
                red, _, blue = image.convert("RGB").getpixel((300, 10))
                assert red > 200 > 60 > blue, "what was on the left is on top"
            assert await brought(caller, served, photograph(form=form)) == name, "the same picture is one file"
            assert (await caller.call("HEAD", f"/pictures/{name}")).headers["Content-Type"] == "image/webp"

    run(scenario())


def test_an_invalid_picture_or_too_much_of_one_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            token = served.site.door.token
            assert (await caller.call("POST", PICTURES, photograph())).status == 403
            whole = photograph()
            for data in (b"", b"<svg onload=alert(1)>", whole[: len(whole) // 2], vast()):
                answer = await caller.call("POST", PICTURES, data, Grant=token)
                assert (answer.status, answer.code) == (422, "picture_unreadable")
            large = await caller.call("POST", PICTURES, b"x" * (PICTURE_UPLOAD_BYTES + 1), Grant=token)
            assert large.status == 413
            assert not (served.config.folder / "pictures").exists()

    run(scenario())


def test_what_no_product_has_any_more_is_removed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            folder = served.config.folder / "pictures"

            async def has(*names: str) -> None:
                wanted = {"pictures": names}
                assert (
                    await caller.call("PATCH", "/api/v1/products/milk", wanted, Grant=served.site.door.token)
                ).status == 200

            def left() -> set[str]:
                return {path.name for path in folder.iterdir()}

            old, new, never = [await brought(caller, served, photograph(100 + n, 100)) for n in range(3)]
            (folder / "by-hand.webp").write_bytes(b"somebody's own")
            await has(old, "by-hand.webp")
            await has(new)
            assert left() == {new, never, "by-hand.webp"}, "a new form may still be open with what was never saved"
            long_ago = (folder / never).stat().st_mtime - PICTURE_UNUSED_S - 1
            for name in (new, never):
                os.utime(folder / name, (long_ago, long_ago))
            last = await brought(caller, served, photograph(90, 90))
            assert left() == {new, last, "by-hand.webp"}

    run(scenario())


def test_a_picture_is_opened_in_a_process_that_may_end_without_the_till(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture that uses up all its time only fails its own upload. The till's process doesn't open it with Pillow."""
    opened: list[object] = []
    monkeypatch.setattr(Image, "open", lambda *_, **__: opened.append(1))
    monkeypatch.setattr(pictures, "PICTURE_S", 0.001)

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            answer = await caller.call("POST", PICTURES, photograph(), Grant=served.site.door.token)
            assert (answer.status, answer.code) == (422, "picture_unreadable")
            assert opened == []
            assert (await caller.call("GET", "/healthz")).status == 200

    run(scenario())


def test_nothing_outside_the_folder_of_pictures_is_shown(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            folder = served.config.folder / "pictures"
            (folder / "below").mkdir(parents=True)
            passport, beside = tmp_path / "passport.png", served.config.folder / "logo.png"
            for place in (passport, beside, folder / "below" / "x.png", folder / "ok.png"):
                place.write_bytes(photograph(8, 8, "PNG"))
            (folder / "link.png").symlink_to(passport)
            assert (await caller.call("HEAD", "/pictures/ok.png")).status == 200
            whole = str(passport).replace("/", "%2F")
            for name in (whole, "..%2Flogo.png", "below%2Fx.png", "link.png", "..%2F..", "%00.png"):
                assert (await caller.call("HEAD", f"/pictures/{name}")).status in (400, 404), name

    run(scenario())
