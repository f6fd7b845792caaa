"""What Sunto remembers: documents as read, finished units of work, conversations. One SQLite file.

Usable from several threads and several processes at once; everything is committed before its method returns.

schema         the tables                      store     the file: opening, migrations, transactions, errors
documents      reading through the library     passages  a page's text in stretches that are kept once
catalogue      what is in it, by subject       folders   which files of a folder are documents
subjects       the courses, with their adapters
index, search  full text                       query     what a person types → what FTS5 understands
removal        deleting, truly                 disk      what takes space, and cleaning
units          finished work                   conversations
"""

from __future__ import annotations

from pathlib import Path

from assistant.library.catalogue import Catalogue, DocumentRecord
from assistant.library.conversations import ConversationRecord, Conversations, MessageRecord, State
from assistant.library.disk import Cleaning, Disk, DiskUse
from assistant.library.documents import Added, Documents
from assistant.library.removal import Removal, Removals
from assistant.library.search import Hit, Search
from assistant.library.subjects import SubjectRecord
from assistant.library.units import Units

__all__ = [
    "Added",
    "Cleaning",
    "ConversationRecord",
    "DiskUse",
    "DocumentRecord",
    "Hit",
    "Library",
    "MessageRecord",
    "Removal",
    "State",
    "SubjectRecord",
]


class Library(Documents, Search, Disk, Removals, Catalogue, Units, Conversations):
    """`data_dir() / "library.sqlite3"` unless another path is given. Raises LibraryError."""

    def __init__(self, path: Path | None = None) -> None:
        super().__init__(path)
        try:
            self._prepare_index()
            self._finish_erasing()
        except BaseException:
            self.close()
            raise
