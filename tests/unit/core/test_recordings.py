"""Recordings as phones and browsers make them: what they sound like, and what is none."""

from __future__ import annotations

import io
import random

import numpy as np
import pytest
import soundfile

from edge.core.process import child, recording_reader
from edge.core.process.recording_reader import HEAD, decode_recording
from edge.lib.sound.ogg import ogg_of, samples_in
from edge.lib.sound.wav import SOUND_S
from edge.lib.sound.webm import OpusStream, opus_in
from tests.recorded import packets_of, webm, webm_of

RATE_HZ, TONE_HZ = 48_000, 440.0
READER = "edge.core.process.recording_reader"


def tone(seconds: float, channels: int = 1) -> np.ndarray:
    one = 0.3 * np.sin(2 * np.pi * TONE_HZ * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)
    return np.stack([one] * channels, axis=1)


def recorded(form: str, subtype: str, seconds: float = 1.0, channels: int = 1) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, tone(seconds, channels), RATE_HZ, format=form, subtype=subtype)
    return file.getvalue()


def opus_webm(seconds: float = 1.0) -> bytes:
    return webm_of(recorded("OGG", "OPUS", seconds))


def by_ffmpeg(container: str, codec: str, seconds: float = 1.0, rate_hz: int = RATE_HZ, **options: str) -> bytes:
    """As phones record; the test is skipped where nothing here makes it."""
    av = pytest.importorskip("av", reason="missing: av (./run setup engines)")
    if codec not in av.codecs_available:
        pytest.skip(f"missing: {codec} in av")
    file = io.BytesIO()
    with av.open(file, "w", format=container, options=options) as made:
        stream = made.add_stream(codec, rate=rate_hz, layout="mono")
        frame = av.AudioFrame.from_ndarray(tone(seconds).T.astype(np.float32).copy(), format="fltp", layout="mono")
        frame.sample_rate = RATE_HZ
        for part in [*av.AudioResampler(format=stream.format, layout="mono", rate=rate_hz).resample(frame), None]:
            made.mux(stream.encode(part))
    return file.getvalue()


def iphone(seconds: float = 1.0) -> bytes:
    """AAC in MP4."""
    return by_ffmpeg("mp4", "aac", seconds)


PHONES = {
    "iphone": ("ipod", "aac", RATE_HZ, {}),
    "safari": ("mp4", "aac", RATE_HZ, {"movflags": "frag_keyframe+empty_moov"}),
    "aac": ("adts", "aac", RATE_HZ, {}),
    "3gp": ("3gp", "libopencore_amrnb", 8_000, {}),
    "amr": ("amr", "libopencore_amrnb", 8_000, {}),
    "caf_plain": ("caf", "pcm_s16le", RATE_HZ, {}),
    "caf_lossless": ("caf", "alac", RATE_HZ, {}),
}


def pitch_hz(answer: bytes) -> float:
    samples = np.frombuffer(answer[HEAD.size :], np.int16).astype(float)
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * HEAD.unpack_from(answer)[0] / len(samples))


@pytest.mark.parametrize(
    "data",
    [
        recorded("WAV", "FLOAT", channels=2),
        recorded("FLAC", "PCM_16"),
        recorded("MP3", "MPEG_LAYER_III"),
        recorded("OGG", "OPUS"),
        recorded("OGG", "VORBIS", channels=2),
        opus_webm(),
    ],
    ids=["wav", "flac", "mp3", "opus", "vorbis", "webm"],
)
def test_a_tone_sounds_as_it_was_recorded(data: bytes) -> None:
    answer = decode_recording(data)
    assert pitch_hz(answer) == pytest.approx(TONE_HZ, abs=3)
    assert (len(answer) - HEAD.size) / 2 / RATE_HZ == pytest.approx(1.0, abs=0.1)


def test_what_an_iphone_records_is_heard_and_no_more_than_a_minute_of_it() -> None:
    answer = child.ask(READER, iphone(), recording_reader.WAIT_S)
    assert pitch_hz(answer) == pytest.approx(TONE_HZ, abs=3)
    assert (len(answer) - HEAD.size) / 2 / HEAD.unpack_from(answer)[0] == pytest.approx(1.0, abs=0.1)
    for data in (iphone()[:900], iphone(61.0), b"\0\0\0\x20ftypM4A " + bytes(100)):
        with pytest.raises((ValueError, RuntimeError)):
            decode_recording(data)


@pytest.mark.parametrize("phone", PHONES)
def test_what_phones_record_is_heard(phone: str) -> None:
    container, codec, rate_hz, options = PHONES[phone]
    data = by_ffmpeg(container, codec, 1.0, rate_hz, **options)
    answer = decode_recording(data)
    assert pitch_hz(answer) == pytest.approx(TONE_HZ, abs=3)
    assert (len(answer) - HEAD.size) / 2 / HEAD.unpack_from(answer)[0] == pytest.approx(1.0, abs=0.1)
    with pytest.raises((ValueError, RuntimeError)):
        decode_recording(data[:60])


def test_broken_phone_recordings_raise_what_the_reader_answers_for() -> None:
    chance = random.Random(7)
    for container, codec, rate_hz, options in PHONES.values():
        whole = by_ffmpeg(container, codec, 0.2, rate_hz, **options)
        for _ in range(8):
            data = bytearray(whole)
            for _ in range(chance.randint(1, 6)):
                data[chance.randrange(8, len(data))] = chance.randrange(256)
            try:
                answer = decode_recording(bytes(data[: chance.randrange(8, len(data))]))
            except (ValueError, RuntimeError):
                continue
            assert len(answer) <= HEAD.size + 2 * SOUND_S * RATE_HZ


def test_packets_are_put_into_another_box_and_nothing_else() -> None:
    head, _, *packets = packets_of(recorded("OGG", "OPUS", 3.0))
    again = packets_of(ogg_of(opus_in(webm(packets, head))))
    assert (again[0], again[2:]) == (head, packets)
    assert sum(map(samples_in, packets)) == pytest.approx(3.0 * RATE_HZ, abs=RATE_HZ / 20)


def test_a_recording_that_is_cut_off_gives_what_is_whole() -> None:
    data = opus_webm(2.0)
    _head, _, *packets = packets_of(recorded("OGG", "OPUS", 2.0))
    whole = opus_in(data[: len(data) * 2 // 3])
    assert whole.packets == tuple(packets[: len(whole.packets)])
    assert 0 < len(whole.packets) < len(packets)


def test_what_is_no_recording_is_refused_and_ends_nothing() -> None:
    head, _, *packets = packets_of(recorded("OGG", "OPUS"))
    wrong = [
        b"",
        b"no sound at all",
        b"\x1a\x45\xdf\xa3",
        webm(packets, head, flags=0x82),
        webm([], head),
        webm(packets, b"OpusHead"),
        webm(packets, head, track=2),
        recorded("WAV", "PCM_16", 61.0),
        recorded("FLAC", "PCM_16", 0.0),
    ]
    for data in wrong:
        with pytest.raises((ValueError, RuntimeError)):
            decode_recording(data)
    with pytest.raises(child.ChildFailed):
        child.ask(READER, b"no sound at all", 20)


def test_broken_bytes_raise_what_the_reader_answers_for() -> None:
    chance = random.Random(5)
    whole = opus_webm(0.2)
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(4, len(data))] = chance.randrange(256)
        try:
            stream = opus_in(bytes(data[: chance.randrange(4, len(data))]))
            ogg_of(stream)
        except ValueError:
            continue
        assert isinstance(stream, OpusStream)


def test_a_process_of_its_own_reads_it() -> None:
    assert pitch_hz(child.ask(READER, opus_webm(), recording_reader.WAIT_S)) == pytest.approx(TONE_HZ, abs=3)
