"""What runs inside a box that was started from a disk image (tests/flow/backoffice/test_image_boot.py): fetched by its
system's Python, so standard library alone in `program.py`, and in the product's own environment `sale.py`."""
