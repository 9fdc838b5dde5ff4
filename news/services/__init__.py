"""What changes news."""
