"""A report as one file for the browser: no network, no script, drawn by ourselves, fit for the dark and for paper."""

from adapters.evaluation.html.page import render

__all__ = ["render"]
