"""Whether a laptop that trains is plugged in."""

from __future__ import annotations

import time

import psutil

from adapters.training.records import Adjustment
from assistant.i18n import _

_EVERY_SECONDS = 30.0


class PowerWatch:
    """Says once that it runs on battery, and says it again only after it was plugged in meanwhile."""

    def __init__(self) -> None:
        self._told = False
        self._looked = float("-inf")

    def look(self, step: int) -> Adjustment | None:
        """What there is to say after this step, if anything."""
        now = time.monotonic()
        if now - self._looked < _EVERY_SECONDS:
            return None
        self._looked = now
        on_battery = _on_battery()
        news = on_battery and not self._told
        self._told = on_battery
        return _unplugged(step) if news else None


def _on_battery() -> bool:
    """False, too, where the system does not say."""
    look = getattr(psutil, "sensors_battery", None)  # some systems lack it
    battery = look() if look else None
    return battery is not None and battery.power_plugged is False


def _unplugged(step: int) -> Adjustment:
    return Adjustment(
        step=step,
        kind="power",
        message=_("The computer runs on battery: the training is slower and empties it."),
        hint=_("Plug it in, or pause: what was learnt is saved, and it goes on later from where it was."),
    )
