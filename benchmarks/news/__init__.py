"""What bringing in news costs."""
