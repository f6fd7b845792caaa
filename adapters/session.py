"""What stays between jobs: the settings, the library, and the one model in memory."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from adapters.choosing import choose_adapter, or_bare_base
from adapters.in_training import InTraining
from adapters.registry import AdapterRecord, check_compatible, get_adapter
from adapters.relay import Reporter, relay
from assistant.config import Settings, data_dir, load_settings
from assistant.errors import AdapterNotFoundError, Stopped
from assistant.generation import ShouldStop
from assistant.i18n import _
from assistant.protocol import Event, ModelLoaded, ModelRequest, Notice

if TYPE_CHECKING:
    import torch

    from adapters.bank import Bank
    from assistant.engine.engine import Engine
    from assistant.lease import AcceleratorLease
    from assistant.library import Library
    from assistant.weights import KeptModel


class Session:
    """Belongs to one process and one thread; jobs run one after the other."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings
        self._library: Library | None = None
        self._engine: Engine | None = None
        self._bank: Bank | None = None
        """The adapters of that engine."""
        self._loaded_as: tuple[str, str] | None = None
        """(name of the kept model, device) of the engine in memory."""
        self._lease: AcceleratorLease | None = None
        self._training: InTraining | None = None

    @property
    def settings(self) -> Settings:
        """Read at the first use, so that a mistake in the file is one job's failure. Raises ConfigError."""
        if self._settings is None:
            self._settings = load_settings()
        return self._settings

    @property
    def library(self) -> Library:
        if self._library is None:
            from assistant.library import Library

            self._library = Library()
        return self._library

    def close(self) -> None:
        if self._library is not None:
            self._library.close()
            self._library = None
        self.unload()

    @property
    def training(self) -> InTraining | None:
        """The training that has the model in memory, and may lend it."""
        return self._training

    @contextmanager
    def in_training(self, training: InTraining) -> Generator[None]:
        """From now until the end, other jobs get the model only when it is lent to them."""
        self._training = training
        self._say_on_lease(_("trains the adapter “{name}”").format(name=training.name))
        try:
            yield
        finally:
            self._training = None
            self._say_on_lease(_("answers with {model}").format(model=training.engine.name))

    def engine(self, request: ModelRequest, should_stop: ShouldStop) -> Generator[Event, None, Engine]:
        """The model that answers this request, with its adapter on; fetched, quantized and loaded when it has to be.

        Says who answers, last of all. Raises ModelError, AdapterError, Stopped.
        """
        chosen = yield from choose_adapter(request, self)  # before anything is fetched for it
        kept = yield from self._kept(request, should_stop)
        chosen = yield from or_bare_base(chosen, request.job, lambda record: _check(record, kept))
        engine = yield from self._base(request, kept, should_stop)
        chosen = yield from or_bare_base(chosen, request.job, self._use)
        if chosen.record is not None:
            yield from _adapter_notices(request.job, chosen.record, engine)
        yield chosen.answering(request.job, engine.name)
        return engine

    def bare_base(self, request: ModelRequest, should_stop: ShouldStop) -> Generator[Event, None, Engine]:
        """The model that this request names, without an adapter, for what is no answer. Raises ModelError, Stopped."""
        kept = yield from self._kept(request, should_stop)
        engine = yield from self._base(request, kept, should_stop)
        self._use(None)
        return engine

    def find_adapter(self, name: str) -> AdapterRecord:
        """What the registry knows; one whose folder has disappeared still answers while it is in memory.

        So does the one in training. Raises AdapterError.
        """
        if self._training is not None and (record := self._training.record_of(name)):
            return record
        try:
            return get_adapter(name)
        except AdapterNotFoundError:
            record = self._bank.record(name) if self._bank else None
            if record is None:
                raise
            return record

    def forget_adapter(self, name: str) -> None:
        """It was removed, replaced or renamed: read it again, if it is asked for again."""
        if self._bank is not None:
            self._bank.forget(name)

    def use_adapter(self, record: AdapterRecord | None) -> None:
        """Let the base that is in memory answer with this one; None is without. Raises AdapterError, OutOfMemoryError.

        For jobs that have got the base and go from one adapter to the next on it.
        """
        engine = self._training.engine if self._training else self._engine
        assert engine is not None
        _check(record, engine.kept)
        self._use(record)

    def _use(self, record: AdapterRecord | None) -> None:
        """Raises AdapterError, OutOfMemoryError."""
        if self._training is not None and self._training.is_this(record):
            self._training.use()
            return
        assert self._bank is not None
        self._bank.use(record)

    def _kept(self, request: ModelRequest, should_stop: ShouldStop) -> Generator[Event, None, KeptModel]:
        wanted = request.model or self.settings.model
        return (yield from relay(lambda emit: _ensure(wanted, Reporter(request.job, emit), should_stop)))

    def _base(self, request: ModelRequest, kept: KeptModel, should_stop: ShouldStop) -> Generator[Event, None, Engine]:
        from adapters.bank import Bank

        job, device = request.job, request.device or self.settings.device
        if self._training is not None:
            return self._training.lend(kept, _device(device))
        if self._engine is not None and self._is_loaded(kept.name, device):
            return self._engine
        self.unload()
        started = time.monotonic()
        engine = yield from relay(lambda emit: self._load(kept, device, Reporter(job, emit), should_stop))
        self._engine, self._loaded_as, self._bank = engine, (kept.name, device), Bank(engine)
        yield ModelLoaded(
            job=job,
            model=engine.name,
            adapter="",
            device=engine.device.type,
            memory_bytes=engine.memory_bytes,
            seconds=time.monotonic() - started,
            context_tokens=engine.context_tokens,
        )
        return engine

    def _is_loaded(self, name: str, device: str) -> bool:
        """Whether the engine in memory is what is wanted; `auto` has chosen a device, which may be named as well."""
        assert self._engine is not None
        return self._loaded_as == (name, device) or (self._engine.name, self._engine.device.type) == (name, device)

    def _load(self, kept: KeptModel, wanted: str, reporter: Reporter, should_stop: ShouldStop) -> Engine:
        from assistant.engine import load_engine
        from assistant.hardware import choose_device

        reporter.progress("load", 0, 0, detail=kept.name)
        device, _reason = choose_device(wanted)
        if device == "cpu" and wanted == "auto":
            _notice_unused_card(reporter)
        if should_stop():
            raise Stopped
        if device != "cpu":
            self._take_lease(kept)
        settings = self.settings
        return load_engine(kept, device, kept_memory_mb=settings.kept_memory_mb, kept_disk_mb=settings.kept_disk_mb)

    def _take_lease(self, kept: KeptModel) -> None:
        """Raises AcceleratorBusyError, naming the holder."""
        from assistant.lease import AcceleratorLease

        lease = AcceleratorLease(data_dir())
        lease.acquire(_("answers with {model}").format(model=kept.name), kept.memory_bytes)
        self._lease = lease

    def _say_on_lease(self, purpose: str) -> None:
        """What others are told that the card is used for; nothing where this process does not have it."""
        if self._lease is not None:
            with suppress(OSError):  # a full disk: they are told what it was used for before
                self._lease.say(purpose)

    def release(self) -> None:
        """Give back to the system what a job has held and no longer needs."""
        if self._engine is not None:
            _release(self._engine.device)

    def unload(self) -> None:
        """Give back the memory of the model and of its adapters; the next answer loads it again."""
        engine, self._engine = self._engine, None
        self._loaded_as = self._bank = None
        if engine is not None:
            device = engine.device
            engine.close()
            del engine
            _release(device)
        if self._lease is not None:
            self._lease.release()
            self._lease = None


def _release(device: torch.device) -> None:
    import gc

    from assistant.engine.memory import release

    gc.collect()
    release(device)


def _device(wanted: str) -> str:
    from assistant.hardware import choose_device

    return choose_device(wanted)[0]


def _check(record: AdapterRecord | None, kept: KeptModel) -> None:
    """Raises AdapterMismatchError."""
    if record is not None:
        check_compatible(record, kept)


def _adapter_notices(job: str, record: AdapterRecord, engine: Engine) -> Generator[Event, None, None]:
    """What a reader should know of the adapter that answers."""
    if not record.directory.is_dir():
        yield Notice(
            job=job,
            level="warning",
            message=_(
                "The folder of the adapter “{name}” is gone; it answers from memory as long as Sunto runs."
            ).format(name=record.name),
            hint=_("Put it back in {directory}, or import or train it again.").format(directory=record.directory),
        )
    if not engine.is_invoked():
        yield Notice(
            job=job,
            level="warning",
            message=_("The adapter “{name}” waits for a text that this model's conversations do not contain.").format(
                name=record.name
            ),
            hint=_("The model answers as if without it; use the base and the chat template it was trained with."),
        )


def _notice_unused_card(reporter: Reporter) -> None:
    """The commonest trap on Windows: pip's default torch knows no CUDA, and everything quietly runs on the CPU."""
    from assistant.hardware import cpu_only_torch_fix, describe_machine, torch_is_cpu_only

    if torch_is_cpu_only() and (command := cpu_only_torch_fix(describe_machine())):
        reporter.notice(
            "warning",
            _("This machine has an NVIDIA card, but the installed torch cannot use it, so answers will be slow."),
            _("Mend it with: {command}").format(command=command),
        )


def _ensure(wanted: str, reporter: Reporter, should_stop: ShouldStop) -> KeptModel:
    from assistant.weights import ensure_model

    return ensure_model(wanted, on_progress=reporter.progress, on_notice=reporter.notice, should_stop=should_stop)
