"""Adapters judged by Sunto's own report: see `python -m benchmarks.evaluation --help`."""
