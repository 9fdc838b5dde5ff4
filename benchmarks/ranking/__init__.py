"""What `make bench-ranking` runs: ranks at any size. Nothing here is imported by the site."""
