"""Lines of text on a page, in reading order.

Each line has its corners.

A weakness: finding lines (RapidOCR) is a single uninterruptible step of about a second: see `rapidocr.py`.
"""
