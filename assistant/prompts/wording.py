"""How a task is worded: one sentence or a few, in every language, with the amount that is asked for left open."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """`said` holds `{amount}` where the number of things stands."""

    said: str
    one: str = ""
    """What one of the things is called, number included: "1 short sentence"."""
    many: str = ""
    """The same for several, with `{count}`."""
    usual: str = ""
    """The amount asked for where nobody chose one."""

    def text(self, count: int) -> str:
        """Asking for `count` of the things; 0 is the usual amount."""
        amount = self.usual if count <= 0 else self.one if count == 1 else self.many.format(count=count)
        return self.said.replace("{amount}", amount)


Worded = dict[str, Wording]
"""One task in every language, side by side."""
