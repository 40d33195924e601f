"""The capabilities, a folder each, in the order of the import contract."""
