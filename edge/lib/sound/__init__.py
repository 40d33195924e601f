"""Browser and phone recordings, unpacked.

Chrome and Firefox record Opus in WebM (`MediaRecorder`), WhatsApp sends Opus in Ogg. libsndfile decodes Opus only in
Ogg, so a WebM file's packets are repackaged into Ogg pages without changes.

- `wav.py`: a recording as it is understood, and its limits
- `webm.py`: the Opus packets of a WebM file (RFC 8794 for EBML, RFC 9559 for Matroska)
- `ogg.py`: Opus packets as an Ogg file (RFC 3533, RFC 7845)

Invariants

- Nothing is believed of what a file says of its own sizes: an element ends with the element that it lies in, at
  the latest.
- A file that is cut off gives the packets that are whole.
- AAC in MP4, as older Safaris record it, is not read: no decoder of it has a licence that fits here.
"""
