"""Signatures of the compiled kernel: arrays are C-contiguous and of the types stated, outputs made by the caller."""
