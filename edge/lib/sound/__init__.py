"""Browser and phone recordings, unpacked.

Chrome and Firefox record Opus in WebM (`MediaRecorder`), WhatsApp sends Opus in Ogg. libsndfile decodes Opus only in
Ogg, so a WebM file's packets are repackaged into Ogg pages without changes.

- `wav.py`: the form of a recording that is processed, and its limits
- `webm.py`: the Opus packets of a WebM file (RFC 8794 for EBML, RFC 9559 for Matroska)
- `ogg.py`: Opus packets as an Ogg file (RFC 3533, RFC 7845)

Invariants

- Sizes stated by a file are never trusted: an element that would end after the file is left out.
- A truncated file gives its complete packets.
- Other formats of phones and Safari (MP4, 3GP, AAC, AMR, CAF) are decoded by FFmpeg, which comes with the engines.
"""
