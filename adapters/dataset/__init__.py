"""Data sets: from notes to examples, and from examples to tokens."""
