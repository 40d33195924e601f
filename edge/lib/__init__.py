"""Domain libraries, independent of the appliance: money, barcodes, tables, taxes, texts."""
