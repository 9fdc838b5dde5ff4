"""What every reader of logs uses: the interface, lines, moments, sums."""
