"""Summaries beside those that the authors wrote: `python -m benchmarks.summaries`."""
