"""What readers see of the news."""
