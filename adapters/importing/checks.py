"""Whether an adapter and a base belong together. Every difference is found; nothing is written before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from adapters.importing.bases import base_of, named_bases
from adapters.importing.differences import Differences
from adapters.importing.header import Tensor
from adapters.importing.layers import BaseLayers
from adapters.importing.patterns import by_pattern
from adapters.importing.settings import LoraSettings, read_settings
from adapters.importing.source import AdapterSource
from adapters.importing.template import same_template, template_sha256
from adapters.importing.tensors import Pair, pair_up
from adapters.importing.trouble import shown
from assistant.i18n import _

if TYPE_CHECKING:
    from assistant.weights.store import KeptModel


def check(
    source: AdapterSource, tensors: Sequence[Tensor], layers: BaseLayers, model: KeptModel
) -> tuple[LoraSettings, dict[str, Pair]]:
    """The settings, and the weights of each layer. Raises AdapterMismatchError with every difference."""
    found = Differences()
    _check_base(source, model, found)
    _check_template(source, model, found)
    settings = read_settings(source.config, layers.vocabulary_tokens, found)
    pairs = pair_up(tensors, layers, found)
    _check_shapes(pairs, settings, layers, found)
    _check_targets(pairs, settings, layers, found)
    found.raise_if_any(
        lambda told: _("This adapter does not fit the base “{model}”:{differences}").format(
            model=model.name, differences=told
        ),
        _("Choose the base it was made for with --base, or ask its maker for one that fits."),
    )
    return settings, pairs


def _check_base(source: AdapterSource, model: KeptModel, found: Differences) -> None:
    """By the hash of the weights where Sunto wrote it down; by name where other tools did."""
    if made := _written_down(source, "weights_sha256"):
        if made != model.weights_sha256:
            hint = _("Choose the base it was made for with --base.")
            found.add(_("weights of the base"), _short(model.weights_sha256), _short(made), hint=hint)
        return
    named = base_of(source, [model.name])
    if named and named != model.name:
        hint = _("Import it for its own base: --base {model}").format(model=shown(named))
        found.add(_("base model"), model.name, shown(named), hint=hint)


def _check_template(source: AdapterSource, model: KeptModel, found: Differences) -> None:
    """As trained, if Sunto wrote it down; otherwise the one beside the adapter, if there is one."""
    here = model.chat_template_sha256
    made = _written_down(source, "chat_template_sha256")
    if not made and source.chat_template and not same_template(source.chat_template, here):
        made = template_sha256(source.chat_template)
    if made and here and made != here:
        found.add(
            _("chat template (how a question is put to the model)"),
            _short(here),
            _short(made),
            hint=_(
                "If you know that it was trained with the base's own template, remove {files} from a copy of its "
                "folder, and import the copy."
            ).format(files="chat_template.jinja, tokenizer_config.json"),
        )


def _check_shapes(pairs: Mapping[str, Pair], settings: LoraSettings, layers: BaseLayers, found: Differences) -> None:
    for module, pair in pairs.items():
        rank = by_pattern(settings.rank_pattern, module, settings.r)
        into, out = layers.linear[module]
        if (pair.a.shape, pair.b.shape) != ((rank, into), (out, rank)):
            found.add(module, f"A {(rank, into)}, B {(out, rank)}", f"A {pair.a.shape}, B {pair.b.shape}")


def _check_targets(pairs: Mapping[str, Pair], settings: LoraSettings, layers: BaseLayers, found: Differences) -> None:
    """`target_modules` and the weights must agree; a regular expression is not evaluated: the weights decide."""
    targets = settings.target_modules
    if not targets:
        return
    ends = tuple(f".{target}" for target in targets)
    named = {name for name in layers.linear if name in targets or name.endswith(ends)}
    for module in pairs.keys() - named:
        found.say(module, _("it has weights, but target_modules does not name it"))
    if not settings.picks_layers:
        for module in sorted(named - pairs.keys()):
            found.say(module, _("target_modules names it, but its weights are missing"))


def _written_down(source: AdapterSource, field: str) -> str:
    base: Any = source.card.get("base")
    value: Any = cast("dict[str, Any]", base).get(field) if isinstance(base, dict) else None
    return value if isinstance(value, str) else ""


def _short(digest: str) -> str:
    return f"{shown(digest)[:12]}…"


def said_base(source: AdapterSource) -> str:
    """The base as the files spell it, for the card; empty when they do not."""
    return next(iter(named_bases(source)), "")
