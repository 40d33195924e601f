"""The contract of all cameras: a current picture, or an error sentence with advice."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from drivers import registry
from drivers.cameras import capture
from drivers.roles import Camera, DeviceError
from sim.shelves.camera import SimShelfCamera
from sim.shelves.rtsp import SimRtspCamera
from sim.shelves.scene import Bay, Place, draw, jpeg
from tests.shop_fixture import run

BAY = Bay(((Place(1), Place(2)),), width=320, height=176)


class MjpegRig:
    """A network camera that shows a drawn bay."""

    def __init__(self, folder: Path, device: SimShelfCamera) -> None:
        self.device = device
        self.folder = folder

    @classmethod
    @asynccontextmanager
    async def standing(cls, folder: Path) -> AsyncIterator[MjpegRig]:
        async with SimShelfCamera(BAY, fps=50) as device:
            yield cls(folder, device)

    def driver(self, **options: object) -> Camera:
        return registry.create("camera", "mjpeg", {"url": self.device.url, **options})

    async def change(self) -> None:
        self.device.take(0, 0)

    async def lose(self) -> None:
        self.device.unplug()


class FolderRig(MjpegRig):
    """A folder to which another program writes pictures."""

    @classmethod
    @asynccontextmanager
    async def standing(cls, folder: Path) -> AsyncIterator[MjpegRig]:
        (folder / "one.jpg").write_bytes(jpeg(draw(BAY)))
        yield cls(folder, SimShelfCamera(BAY))

    def driver(self, **options: object) -> Camera:
        return registry.create("camera", "folder", {"path": str(self.folder), **options})

    async def change(self) -> None:
        (self.folder / "two.jpg").write_bytes(jpeg(draw(BAY.all("gap"))))

    async def lose(self) -> None:
        shutil.rmtree(self.folder)


class RtspRig(MjpegRig):
    """A network camera that speaks RTSP, read by FFmpeg in a separate process."""

    rtsp: SimRtspCamera

    @classmethod
    @asynccontextmanager
    async def standing(cls, folder: Path) -> AsyncIterator[MjpegRig]:
        pytest.importorskip("cv2", reason="missing: opencv")
        async with SimShelfCamera(BAY, fps=50) as device, SimRtspCamera(device) as rtsp:
            rig = cls(folder, device)
            rig.rtsp = rtsp
            yield rig

    def driver(self, **options: object) -> Camera:
        return registry.create("camera", "rtsp", {"url": self.rtsp.url, **options})

    async def lose(self) -> None:
        self.rtsp.unplug()


RIGS: dict[str, type[MjpegRig]] = {
    "folder": FolderRig,
    "mjpeg": MjpegRig,
    "rtsp": RtspRig,
}


@pytest.mark.parametrize("kind", RIGS)
def test_a_picture_is_of_now_and_a_loss_is_told(tmp_path: Path, kind: str) -> None:
    async def scenario() -> None:
        async with RIGS[kind].standing(tmp_path / "pictures" if kind == "none" else tmp_path) as rig:
            camera = rig.driver()
            begun = time.monotonic_ns() // 1000
            first = await camera.frame()
            assert first.data.startswith(b"\xff\xd8")
            assert first.data.endswith(b"\xff\xd9")
            assert first.at_mono_us >= begun
            await rig.change()
            assert (await camera.frame()).data != first.data, "no picture waits in a buffer"
            await rig.lose()
            with pytest.raises(DeviceError) as lost:
                await camera.frame()
            assert lost.value.advice
            await camera.close()
            await camera.close()

    run(scenario(), limit_s=120)


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (lambda device: setattr(device, "refuses", True), "not_let_in"),
        (lambda device: setattr(device, "stalls", True), ""),
    ],
)
def test_a_camera_that_refuses_or_stalls_is_told_in_time(
    tmp_path: Path, trouble: Callable[[SimShelfCamera], Any], code: str
) -> None:
    async def scenario() -> None:
        async with MjpegRig.standing(tmp_path) as rig:
            trouble(rig.device)
            with pytest.raises(DeviceError) as lost:
                await rig.driver(frame_timeout_ms=300).frame()
            assert not code or lost.value.code == code

    run(scenario(), limit_s=60)


def test_a_stream_that_lies_about_its_size_is_still_read(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with MjpegRig.standing(tmp_path) as rig:
            rig.device.lies = True
            assert (await rig.driver(frame_timeout_ms=3000).frame()).data.startswith(b"\xff\xd8")
            single = rig.driver(url=rig.device.url.replace("/video", "/picture.jpg"))
            assert (await single.frame()).data.endswith(b"\xff\xd9")

    run(scenario())


def test_what_opencv_reads_is_read_by_a_process_of_its_own(tmp_path: Path) -> None:
    pytest.importorskip("cv2", reason="missing: opencv")

    async def scenario() -> None:
        async with MjpegRig.standing(tmp_path) as rig:
            frame = await capture.capture_frame(rig.device.url, "camera of the test")
            assert frame.data.startswith(b"\xff\xd8")
            rig.device.unplug()
            with pytest.raises(DeviceError):
                await capture.capture_frame(rig.device.url, "camera of the test", limit_s=60)
            with pytest.raises(DeviceError):
                await registry.create("camera", "v4l2", {"path": "/dev/none"}).frame()

    run(scenario())


def test_an_rtsp_camera_that_lets_nobody_in_or_stalls_is_told_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with RtspRig.standing(tmp_path) as rig:
            assert isinstance(rig, RtspRig)
            rig.rtsp.refuses = True
            with pytest.raises(DeviceError) as refused:
                await rig.driver().frame()
            assert refused.value.advice
            rig.rtsp.refuses, rig.rtsp.stalls = False, True
            with pytest.raises(DeviceError) as stalled:
                await capture.capture_frame(rig.rtsp.url, "camera of the test", limit_s=8)
            assert stalled.value.advice

    run(scenario(), limit_s=120)


def test_cameras_are_looked_through_at_the_same_time(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with MjpegRig.standing(tmp_path) as rig:
            frames = await asyncio.gather(*(rig.driver().frame() for _ in range(4)))
            assert len({frame.data for frame in frames}) > 1

    run(scenario())
