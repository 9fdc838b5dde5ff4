"""Changes of standings and of the boards' clock."""
