"""Finished pieces of work, kept by a key that holds everything they depend on."""

from __future__ import annotations

import time

from assistant.library.store import Store, storable


class Units(Store):
    def unit(self, key: str) -> str | None:
        with self._reading() as connection:
            row = connection.execute("SELECT value FROM units WHERE key = ?", (key,)).fetchone()
        return None if row is None else row[0]

    def put_unit(self, key: str, value: str) -> None:
        """Committed when this returns: it survives whatever happens to the process after."""
        with self._writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO units (key, value, created) VALUES (?, ?, ?)",
                (key, storable(value), time.time()),
            )
