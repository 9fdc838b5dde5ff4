"""How pages of other sites are brought in, and what they may not do to us."""
