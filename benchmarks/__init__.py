"""What `make bench` runs. Nothing here is imported by the site."""
