"""Long runs, part of `make acceptance` only."""
