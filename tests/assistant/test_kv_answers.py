"""Whatever was asked before, answers are those of an engine that has read nothing: on tiny models in float32.

Documents, conversations that are edited, adapters of both kinds, stops, batches and evictions in random order.
"""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

import pytest
import torch

from assistant.engine import load_engine, memory
from assistant.engine.adapter_files import read_adapter
from assistant.engine.engine import Engine
from assistant.engine.kv_store import KVLimits, KVStore
from assistant.errors import OutOfMemoryError
from assistant.generation import ChatMessage, Completion, GenerationConfig
from tests.assistant.test_engine_batch import WORDS, tiny_engine
from tests.tiny_adapters import make_adapter

NEW_TOKENS = 6
STEPS = 50
TOKEN_BYTES = 3 * 2 * 2 * 16 * 4
"""Of keys and values of one token in the tiny Llama."""

PLENTY = KVLimits(memory_bytes=1 << 30, block_tokens=16)
LITTLE = KVLimits(memory_bytes=150 * TOKEN_BYTES, block_tokens=7)
STORES = {
    "plenty": PLENTY,
    "little": LITTLE,
    "two memories": KVLimits(device_bytes=90 * TOKEN_BYTES, memory_bytes=200 * TOKEN_BYTES, block_tokens=16),
    "disk": KVLimits(memory_bytes=40 * TOKEN_BYTES, disk_bytes=600 * TOKEN_BYTES, block_tokens=13),
}


class Voices:
    """An engine with adapters of both kinds, all resident, and the logits that its answers were chosen from."""

    def __init__(self, engine: Engine, directories: list[Path], limits: KVLimits) -> None:
        self.engine = engine
        engine.reader.store = KVStore(engine.model.config, limits)
        self._adapters = {path.name: engine.place(read_adapter(path)) for path in directories}
        self._logits: list[torch.Tensor] = []
        forward = engine.reader.forward
        engine.reader.forward = lambda tokens, slot: self._remember(forward(tokens, slot))

    def _remember(self, logits: torch.Tensor) -> torch.Tensor:
        self._logits.append(logits)
        return logits

    def ask(self, voice: str | None, messages: list[ChatMessage], stop_after: int | None = None):
        """The completion, and the logits from which each of its tokens was chosen."""
        self.engine.select(self._adapters[voice] if voice else None)
        self._logits.clear()
        questions = 0

        def should_stop() -> bool:
            nonlocal questions
            questions += 1
            return stop_after is not None and questions > stop_after

        *_, completion = self.engine.stream(messages, GenerationConfig(max_new_tokens=NEW_TOKENS), should_stop)
        return completion, self._logits[-completion.generated_tokens :] if completion.generated_tokens else []

    def leave(self, voice: str | None, messages: list[ChatMessage], events: int) -> None:
        """Begin to answer, and stop listening."""
        self.engine.select(self._adapters[voice] if voice else None)
        stream = self.engine.stream(messages, GenerationConfig(max_new_tokens=NEW_TOKENS))
        for _event, _ in zip(stream, range(events), strict=False):
            pass
        stream.close()

    def together(self, voices: list[str | None], prompts: list[list[ChatMessage]]) -> list[Completion]:
        config = GenerationConfig(max_new_tokens=NEW_TOKENS)
        ends = {
            index: event
            for index, event in self.engine.stream_many(prompts, config, adapters=voices)
            if isinstance(event, Completion)
        }
        return [ends[index] for index in range(len(prompts))]


class Person:
    """Asks at random: follows up, edits what was said, goes to another document, changes who answers."""

    def __init__(self, seed: int, voices: list[str]) -> None:
        self.random = random.Random(seed)
        self.voice: str | None = None
        self._voices: list[str | None] = [None, *voices]
        self._documents = [self._words(50, same=20) for _ in range(4)]
        self._talks: list[list[ChatMessage]] = [[] for _ in self._documents]
        self._open = 0

    def _words(self, count: int, same: int = 0) -> str:
        """All begin alike, as instructions and headings do."""
        return " ".join([*WORDS, *WORDS][:same] + self.random.choices(WORDS, k=count - same))

    def next(self) -> list[ChatMessage]:
        """The messages of the next request."""
        if self.random.random() < 0.4:
            self.voice = self.random.choice(self._voices)
        if self.random.random() < 0.35:
            self._open = self.random.randrange(len(self._documents))
        talk = self._talks[self._open]
        if talk and self.random.random() < 0.2:
            place = self.random.randrange(len(talk))
            talk[place] = dataclasses.replace(talk[place], content=self._words(4))
        if len(talk) > 6 or (talk and self.random.random() < 0.15):
            del talk[self.random.randrange(len(talk)) // 2 * 2 :]
        talk.append(ChatMessage("user", self._words(self.random.randrange(1, 8))))
        return [ChatMessage("system", "Answer about: " + self._documents[self._open]), *talk]

    def hear(self, text: str) -> None:
        self._talks[self._open].append(ChatMessage("assistant", text))


@pytest.fixture
def directories(tiny_kept, tmp_path) -> list[Path]:
    """Two ordinary adapters and three that begin with the answer."""
    engine = tiny_engine(tiny_kept)
    header = engine.tokenizer.encode("<|im_start|>assistant\n", add_special_tokens=False)
    kinds = {"law": None, "history": None, "biology": header, "physics": header, "art": header}
    return [
        make_adapter(
            engine, tmp_path / name, seed=seed, size=0.2, change={"alora_invocation_tokens": tokens} if tokens else None
        )
        for seed, (name, tokens) in enumerate(kinds.items())
    ]


def check_same(answer, expected, where: str = "") -> None:
    (completion, logits), (other, other_logits) = answer, expected
    assert completion.text == other.text, where
    assert completion.generated_tokens == other.generated_tokens, where
    for ours, theirs in zip(logits, other_logits, strict=True):
        assert (ours - theirs).abs().max() <= 1e-4 * (theirs.max() - theirs.min()), where


@pytest.mark.parametrize("seed", range(3))
def test_answers_do_not_depend_on_what_was_read_before(tiny_kept, directories, tmp_path, seed):
    fresh = Voices(tiny_engine(tiny_kept), directories, KVLimits())
    stores = {
        name: Voices(tiny_engine(tiny_kept), directories, dataclasses.replace(limits, directory=tmp_path / name))
        for name, limits in STORES.items()
    }
    known = dict.fromkeys(stores, 0)
    person = Person(seed, [path.name for path in directories])
    for _ in range(STEPS):
        messages = person.next()
        fresh.engine.reader.store.clear()
        expected = fresh.ask(person.voice, messages)
        assert expected[0].cached_tokens == 0
        trouble, moment = person.random.choice(["stopped", "left", *[""] * 8]), person.random.randrange(6)
        for name, ours in stores.items():
            if trouble == "stopped":
                stopped, _logits = ours.ask(person.voice, messages, stop_after=moment)
                assert expected[0].text.startswith(stopped.text), name
            elif trouble == "left":
                ours.leave(person.voice, messages, moment)
            answer = ours.ask(person.voice, messages)
            check_same(answer, expected, name)
            known[name] += answer[0].cached_tokens
        person.hear(expected[0].text)
    assert known["plenty"] >= known["disk"] > known["little"] > 0
    assert (tmp_path / "disk").exists()


def test_batches_of_several_adapters_between_conversations_change_nothing(tiny_kept, directories):
    ours = Voices(tiny_engine(tiny_kept), directories, LITTLE)
    fresh = Voices(tiny_engine(tiny_kept), directories, KVLimits())
    person = Person(7, [path.name for path in directories])
    for _ in range(6):
        asked = [(person.next(), person.voice) for _ in range(4)]
        expected = []
        for messages, voice in asked:
            fresh.engine.reader.store.clear()
            expected.append(fresh.ask(voice, messages))
        answers = ours.together([voice for _messages, voice in asked], [messages for messages, _voice in asked])
        assert [answer.text for answer in answers] == [answer.text for answer, _logits in expected]
        for (messages, voice), alone in zip(asked, expected, strict=True):
            check_same(ours.ask(voice, messages), alone)


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("qwen3", {}),
        ("smollm3", {"num_hidden_layers": 4, "no_rope_layer_interval": 2}),
        ("gemma3_text", {"sliding_window": 24, "num_hidden_layers": 6}),
        ("lfm2", {"num_hidden_layers": 2, "layer_types": ["conv", "full_attention"], "block_ff_dim": 96}),
    ],
)
def test_other_families_too_with_sliding_windows_and_states(tiny_kept, kind, config):
    ours = Voices(tiny_engine(tiny_kept, kind, **config), [], PLENTY)
    fresh = Voices(tiny_engine(tiny_kept, kind, **config), [], KVLimits())
    person = Person(3, [])
    for _ in range(20):
        messages = person.next()
        fresh.engine.reader.store.clear()
        expected = fresh.ask(None, messages)
        check_same(ours.ask(None, messages), expected)
        person.hear(expected[0].text)


def test_a_document_one_comes_back_to_is_not_read_again(tiny_kept, directories):
    ours = Voices(tiny_engine(tiny_kept), directories, PLENTY)
    person = Person(0, [])
    first, second = ([ChatMessage("system", person._words(300)), ChatMessage("user", "why?")] for _ in range(2))
    ours.ask(None, first)
    ours.ask(None, second)
    completion, _logits = ours.ask(None, [first[0], ChatMessage("user", "how?")])
    assert completion.cached_tokens > 0.9 * completion.prompt_tokens


def test_another_adapter_that_begins_with_the_answer_reads_only_from_there(tiny_kept, directories):
    ours = Voices(tiny_engine(tiny_kept), directories, PLENTY)
    messages = [ChatMessage("system", " ".join(WORDS * 30)), ChatMessage("user", "why?")]
    header = len(ours.engine.tokenizer.encode("<|im_start|>assistant\n", add_special_tokens=False))
    ours.ask("biology", messages)
    for voice in ("physics", "art", "biology"):
        completion, _logits = ours.ask(voice, messages)
        assert completion.prompt_tokens - completion.cached_tokens == header
    completion, _logits = ours.ask("law", messages)
    assert completion.cached_tokens == 0


# --- how much is kept ------------------------------------------------------------------------------------------


def long_question(start: int) -> list[ChatMessage]:
    return [ChatMessage("user", " ".join(WORDS[(start + i * i) % len(WORDS)] for i in range(700)))]


def test_the_disk_is_used_where_the_setting_says_so_and_left_clean(tiny_kept, sunto_home):
    engine = load_engine(tiny_kept, kept_memory_mb=1, kept_disk_mb=9)
    for start in range(6):
        *_, completion = engine.stream(long_question(start), GenerationConfig(max_new_tokens=1))
    written = list((sunto_home / "kv").rglob("*.safetensors"))
    assert 0 < sum(path.stat().st_size for path in written) <= 9 * 10**6
    *_, completion = engine.stream(long_question(0), GenerationConfig(max_new_tokens=1))
    assert completion.cached_tokens == completion.prompt_tokens - 1
    engine.close()
    assert list((sunto_home / "kv").iterdir()) == []


def test_nothing_is_on_the_disk_where_the_setting_does_not_say_so(tiny_kept, sunto_home):
    engine = load_engine(tiny_kept, kept_memory_mb=1)
    for start in range(6):
        list(engine.stream(long_question(start), GenerationConfig(max_new_tokens=1)))
    assert not (sunto_home / "kv").exists()


def test_without_a_setting_it_is_a_share_of_the_free_memory_and_bounded(monkeypatch):
    free = {"cpu": 8 << 30, "cuda": 10 << 30}
    monkeypatch.setattr(memory, "free_bytes", lambda device: free[device.type])
    cpu, card = (memory.document_limits(torch.device(kind)) for kind in ("cpu", "cuda"))
    assert (cpu.device_bytes, cpu.memory_bytes, cpu.disk_bytes) == (0, 2 << 30, 0)
    assert (card.device_bytes, card.memory_bytes, card.disk_bytes) == (int(1.5 * (1 << 30)), 2 << 30, 0)
    free["cpu"] = 1 << 40
    assert memory.document_limits(torch.device("cpu")).memory_bytes == 4 << 30
    assert memory.document_limits(torch.device("cpu"), 300, 50).memory_bytes == 300_000_000


def test_when_memory_runs_out_what_was_kept_is_given_up(tiny_kept, monkeypatch):
    engine = tiny_engine(tiny_kept)
    for start in range(2):
        list(engine.stream(long_question(start), GenerationConfig(max_new_tokens=1)))
    assert engine.reader.store.used_bytes[-1]

    def no_memory(*_args, **_options):
        raise torch.OutOfMemoryError

    monkeypatch.setattr(engine.model.model.layers[-1].mlp, "forward", no_memory)
    with pytest.raises(OutOfMemoryError):
        list(engine.stream(long_question(5), GenerationConfig(max_new_tokens=1)))
    assert not any(engine.reader.store.used_bytes)
