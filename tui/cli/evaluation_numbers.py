"""The figures of a report: every system by the metric that decides, what was gained by the others, what was lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from adapters.evaluation.report import ADAPTER, BASE, PRIMARY, Difference, Forgetting, Interval, Probes, Report
from adapters.evaluation.telling import (
    LIGHT_MARKS,
    MetricWords,
    figure,
    light_words,
    limits,
    limits_explanation,
    metric_words,
    probe_sentences,
    signed,
    system_explanation,
    system_name,
    thresholds_sentence,
    verdict_word,
)
from assistant.i18n import _, plural
from assistant.units import format_number
from tui.cli.evaluation_lines import Gain, Line, aside, gain_line, heading, paragraph
from tui.evaluation.bars import Span, value_bar
from tui.evaluation.words import VERDICT_MARKS
from tui.output import Tone
from tui.words import language_name

_TONE_OF_VERDICT: dict[str, Tone] = {"better": "good", "worse": "bad"}
TONE_OF_LIGHT: dict[str, Tone] = {"green": "good", "amber": "doubtful", "red": "bad"}
_MAX_BAR_COLUMNS = 40


def number_lines(report: Report, columns: int, *, explained: bool) -> Iterator[Line]:
    """Systems by the metric that decides; then each metric, the adapter beside the base."""
    if any(PRIMARY in one["scores"] for one in report["systems"]):
        yield from heading(metric_words(PRIMARY).label, columns)
    yield from _systems(report, columns, explained=explained)
    own = [one for one in report["differences"] if one["of"] == ADAPTER]
    primary = [one for one in own if one["metric"] == PRIMARY]
    for one in sorted(primary, key=lambda one: one["against"] != BASE):
        yield Line(_("The adapter beside: {system}").format(system=system_name(one["against"])))
        yield gain_line(_gain(one), columns)
    if explained:
        yield from paragraph(f"{metric_words(PRIMARY).explanation} {limits_explanation()}", columns, 4)
    others = [one for one in own if one["metric"] != PRIMARY and one["against"] == BASE]
    graded = [one for one in others if metric_words(one["metric"]).better != "neither"]
    yield from _metrics(
        report,
        graded,
        _("The adapter beside the base model"),
        " ".join(_how_to_read(graded)),
        columns,
        explained=explained,
    )
    yield from _metrics(
        report,
        [one for one in others if one not in graded],
        _("What its texts are like beside the base model's"),
        _("Left of the middle is less, right is more; neither is the better one."),
        columns,
        explained=explained,
    )


def knowledge_lines(forgetting: Forgetting, columns: int, *, explained: bool) -> Iterator[Line]:
    """Did it forget? The light, and what it was taken from, by language."""
    yield from heading(_("Did it forget?"), columns)
    light = forgetting["light"]
    yield Line(f"{LIGHT_MARKS[light]} {light_words(light).label}", TONE_OF_LIGHT.get(light, ""))
    yield from paragraph(_("To the left of the middle is what was lost."), columns)
    for probes in forgetting["probes"]:
        yield from _probes(probes, columns, explained=explained)
    if explained:
        yield from paragraph(thresholds_sentence(forgetting["thresholds"]), columns)


# --- figures ------------------------------------------------------------------------------------------------------


def _systems(report: Report, columns: int, *, explained: bool) -> Iterator[Line]:
    """`The base model   ██████▓░   2.310`: of each that was measured by the metric that decides."""
    scores = {one["key"]: one["scores"][PRIMARY] for one in report["systems"] if PRIMARY in one["scores"]}
    names = {key: system_name(key) for key in scores}
    most = max((end for score in scores.values() for end in _span(score).ends), default=0.0)
    width = max(map(len, names.values()), default=0)
    for key, score in scores.items():
        bar = value_bar(_span(score), most, min(_MAX_BAR_COLUMNS, columns - width - 34))
        between = limits(PRIMARY, score)
        value = figure(PRIMARY, score["mean"]) + (f" ({between})" if between else "")
        yield Line(f"{names[key]:<{width}}  {value:<24} {bar}".rstrip())
        if explained:
            yield from paragraph(system_explanation(key), columns, 4)


def _metrics(
    report: Report, differences: Sequence[Difference], title: str, to_read: str, columns: int, *, explained: bool
) -> Iterator[Line]:
    if differences:
        yield from heading(title, columns)
        yield from paragraph(to_read, columns)
    for difference in differences:
        yield from _metric(report, difference, columns, explained=explained)


def _how_to_read(differences: Sequence[Difference]) -> Iterator[str]:
    yield _("Left of the middle is worse, right is better; a bar that crosses it shows no difference.")
    if any(_is_alone(difference) for difference in differences):
        yield _("Among so many figures one stands to one side by luck: more than that is asked of each of these.")


def _is_alone(difference: Difference) -> bool:
    """Whether its limits leave out 0, and it is not shown all the same (Holm)."""
    low, high = difference["low"], difference["high"]
    if low is None or high is None or low <= 0 <= high:
        return False
    return difference["verdict"] == "no_difference"


def _metric(report: Report, difference: Difference, columns: int, *, explained: bool) -> Iterator[Line]:
    metric = difference["metric"]
    words = metric_words(metric)
    scores = {one["key"]: one["scores"][metric] for one in report["systems"] if metric in one["scores"]}
    yield from aside(words.label, _before_and_after(difference, scores), columns)
    yield gain_line(_gain(difference, words), columns)
    if explained:
        yield from paragraph(words.explanation, columns, 4)
        yield from paragraph(
            "; ".join(f"{system_name(key)}: {figure(metric, score['mean'])}" for key, score in scores.items()),
            columns,
            4,
        )


def _before_and_after(difference: Difference, scores: Mapping[str, Interval]) -> str:
    """`2.310 → 2.049`; empty where they are means over other documents than the difference, and may contradict it."""
    both = [scores[key] for key in (BASE, ADAPTER) if key in scores]
    if any(score["n"] != difference["n"] for score in both):
        return ""
    return " → ".join(figure(difference["metric"], score["mean"]) for score in both)


def _gain(difference: Difference, words: MetricWords | None = None) -> Gain:
    metric, verdict = difference["metric"], difference["verdict"]
    words = words or metric_words(metric)
    span = _span(difference)
    has_good_end = words.better != "neither"
    return Gain(
        span=span.turned() if words.better == "lower" else span,
        mark=VERDICT_MARKS.get(verdict, "·") if has_good_end else "·",
        word=verdict_word(difference),
        number=signed(metric, difference["mean"]),
        limits=limits(metric, difference, of_difference=True),
        tone=_TONE_OF_VERDICT.get(verdict, "") if has_good_end else "",
    )


def _span(value: Interval | Difference) -> Span:
    return Span(value["mean"], value["low"], value["high"])


# --- what it knew before ------------------------------------------------------------------------------------------


def _probes(probes: Probes, columns: int, *, explained: bool) -> Iterator[Line]:
    where = language_name(probes["language"]) or probes["language"] or _("Italian and English together")
    change = probes["loss_change"]
    before, after = (format_number(probes[key], 3) for key in ("loss_before", "loss_after"))
    texts, *questions = probe_sentences(probes)
    yield from aside(_("General texts, {language}").format(language=where), f"{before} → {after}", columns)
    yield gain_line(
        Gain(
            _span(change).turned(),
            LIGHT_MARKS.get(probes["light"], "·"),
            _light_word(probes["light"]),
            _signed(change["mean"], 3),
            _limits(change, 1, 3),
            TONE_OF_LIGHT.get(probes["light"], ""),
        ),
        columns,
    )
    if explained:
        yield from paragraph(texts, columns, 4)
    if probes["items"]:
        yield from _questions(probes, where, columns)
        if explained:
            yield from paragraph(" ".join(questions), columns, 4)


def _questions(probes: Probes, where: str, columns: int) -> Iterator[Line]:
    change = probes["accuracy_change"]
    asked = plural("{count} question, {{language}}", "{count} questions, {{language}}", probes["items"])
    before, after = (f"{format_number(100 * probes[key], 0)} %" for key in ("accuracy_before", "accuracy_after"))
    yield from aside(asked.format(language=where), f"{before} → {after}", columns)
    word = _("as good as guessing") if probes["at_chance"] else _("answered right")
    mark = LIGHT_MARKS["not_informative"] if probes["at_chance"] else "·"
    yield gain_line(
        Gain(_span(change), mark, word, _signed(100 * change["mean"], 0), _limits(change, 100, 0), ""), columns
    )


def _light_word(light: str) -> str:
    return {
        "green": _("green"),
        "amber": _("amber"),
        "red": _("red"),
        "not_informative": _("not informative"),
    }.get(light, _("not judged"))


def _signed(value: float, digits: int) -> str:
    sign = "" if round(value, digits) == 0 else "+" if value > 0 else "−"
    return sign + format_number(abs(value), digits)


def _limits(change: Interval, scale: float, digits: int) -> str:
    low, high = change["low"], change["high"]
    if low is None or high is None:
        return ""
    return _("{low} to {high}").format(low=_signed(scale * low, digits), high=_signed(scale * high, digits))
