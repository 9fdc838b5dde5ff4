"""What was fetched, turned into entries and articles."""
