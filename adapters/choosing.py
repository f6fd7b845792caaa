"""Which adapter answers a request, and why.

One that is asked for by name, in the request or in the settings, answers or is an error. `auto` leaves it to the
documents: where the subjects of all of them have one and the same adapter, that one answers. It was chosen long ago,
perhaps by somebody who has forgotten it, so when it cannot be used the bare base answers and a notice says why.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from adapters.registry import AdapterRecord
from assistant.errors import AdapterError, OutOfMemoryError, SuntoError
from assistant.i18n import _
from assistant.protocol import Answering, Event, FromDocuments, ModelRequest, Notice

if TYPE_CHECKING:
    from adapters.session import Session

AUTO = "auto"
"""What stands for the adapter of the documents' subject."""
NO_ADAPTER = frozenset({"", "none", "base"})
"""What stands for the bare base."""


@dataclass(frozen=True)
class Chosen:
    record: AdapterRecord | None
    """None for the bare base."""
    why: Literal["asked", "setting", "subject", "none"]
    subjects: tuple[str, ...] = ()
    """Whose adapter it is, where it was chosen for that."""

    def answering(self, job: str, model: str) -> Answering:
        name = self.record.name if self.record else ""
        return Answering(job=job, model=model, adapter=name, why=self.why, subject=", ".join(self.subjects))


BARE_BASE = Chosen(None, "none")


def choose_adapter(request: ModelRequest, session: Session) -> Generator[Event, None, Chosen]:
    """Opens only the small files of the adapter that was chosen. Raises AdapterError, ConfigError (settings)."""
    name = request.adapter or session.settings.adapter
    if name.lower() == AUTO:
        return (yield from _of_subject(request, session))
    record = None if name.lower() in NO_ADAPTER else session.find_adapter(name)
    return Chosen(record, "asked" if request.adapter else "setting")


def or_bare_base(
    chosen: Chosen, job: str, use: Callable[[AdapterRecord | None], None]
) -> Generator[Event, None, Chosen]:
    """The choice after `use` of it; the bare base, used and with a notice, where a subject's adapter fails.

    Raises AdapterError and OutOfMemoryError for one that was asked for by name.
    """
    try:
        use(chosen.record)
    except (AdapterError, OutOfMemoryError) as error:
        if chosen.record is None or chosen.why != "subject":
            raise
        yield _notice(job, chosen.record.name, chosen.subjects, error)
        use(None)
        return BARE_BASE
    return chosen


def _of_subject(request: ModelRequest, session: Session) -> Generator[Event, None, Chosen]:
    from assistant.library.subjects import common_adapter

    paths = request.paths if isinstance(request, FromDocuments) else ()
    subjects = session.library.subjects_of(paths) if paths else []
    adapter, names = common_adapter(subjects), tuple(subject.name for subject in subjects)
    if not adapter:
        return BARE_BASE
    try:
        return Chosen(session.find_adapter(adapter), "subject", names)
    except AdapterError as error:
        yield _notice(request.job, adapter, names, error)
        return BARE_BASE


def _notice(job: str, adapter: str, subjects: tuple[str, ...], error: SuntoError) -> Notice:
    command = f"sunto library subject {shlex.quote(subjects[0])} --adapter NAME|none"
    return Notice(
        job=job,
        level="warning",
        message=_("The adapter “{adapter}” of the subject “{subject}” cannot be used: {reason}").format(
            adapter=adapter, subject=", ".join(subjects), reason=error.message
        ),
        hint=_("The model answers without it. To choose another: {command}").format(command=command),
    )
