"""Base models on this machine: fetch, verify, quantize once, keep. Importing this needs no torch."""

from assistant.weights.ensure import ensure_model
from assistant.weights.store import KeptModel

__all__ = ["KeptModel", "ensure_model"]
