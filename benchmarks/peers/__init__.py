"""The scripts Sunto is measured against: each does the one thing, and nothing around it."""
