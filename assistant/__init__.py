"""Documents, summaries, chat and the 4-bit base model. Knows nothing of training or of Textual."""

__version__ = "0.1.0"
