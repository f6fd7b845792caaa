"""How well and how fast PDFs are read, beside the readers everybody knows: `python -m benchmarks.reading`."""
