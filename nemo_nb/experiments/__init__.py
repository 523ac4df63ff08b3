"""Which variant did better, and how sure that is: statistics on counts, pure."""
