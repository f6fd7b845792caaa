"""What Sunto remembers: documents as read, finished units of work, conversations. One SQLite file.

Usable from several threads and several processes at once; everything is committed before its method returns.
"""

from __future__ import annotations

from assistant.library.conversations import ConversationRecord, Conversations, MessageRecord, State
from assistant.library.documents import Documents
from assistant.library.units import Units

__all__ = ["ConversationRecord", "Library", "MessageRecord", "State"]


class Library(Documents, Units, Conversations):
    """`data_dir() / "library.sqlite3"` unless another path is given. Raises LibraryError."""
