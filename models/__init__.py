"""Inference: engines for language, speech, vision, text vectors and OCR, in worker processes."""
