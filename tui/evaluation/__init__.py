"""What the app makes of a report: rows to stand on, each with its explanation, and bars drawn with characters."""
