"""The limited process that opens untrusted files: its entry, its limits, what it says, and how it is run."""
