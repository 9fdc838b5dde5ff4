"""What the pages of the review area show: frozen values, each in a stated number of queries."""
