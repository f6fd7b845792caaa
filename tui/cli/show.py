"""What each event of a running job looks like on the command line."""

from __future__ import annotations

from assistant.i18n import _, plural
from assistant.protocol import (
    Adjusted,
    Answering,
    DocumentRead,
    Evaluated,
    Event,
    FitChecked,
    Notice,
    Progress,
    RateTried,
    Routed,
    TextDelta,
    TextReset,
    TrainStep,
)
from tui.cli.training_report import evaluation_lines, fit_sentence, rate_parts, step_parts
from tui.output import Mode, Output
from tui.words import language_name


def show_event(event: Event, output: Output) -> None:
    """Any event but the last. Text is data; everything else is talk, unless every event is wanted."""
    if output.mode is Mode.EVENTS:
        output.event(event)
        return
    match event:
        case Progress():
            output.progress(event)
        case TextDelta() if output.mode is Mode.PLAIN:
            output.text(event.text)
        case TextReset() if output.mode is Mode.PLAIN:
            output.restart_text()
        case Notice(level="warning"):
            output.warn(event.message, event.hint)
        case Notice():
            output.say(" ".join(filter(None, (event.message, event.hint))))
        case DocumentRead():
            _show_document(event, output)
        case Answering() if event.adapter:
            output.say(answering_line(event))
        case Routed(detail=detail):
            output.say(detail)
        case TrainStep() | Evaluated() | Adjusted() | FitChecked() | RateTried():
            _show_training(event, output)
        case _:
            pass


def _show_training(event: TrainStep | Evaluated | Adjusted | FitChecked | RateTried, output: Output) -> None:
    match event:
        case TrainStep():
            output.live(step_parts(event))
        case RateTried():
            output.live(rate_parts(event))
        case Evaluated():
            output.say("\n".join(evaluation_lines(event)))
        case Adjusted():
            output.warn(event.message, event.hint)
        case FitChecked():
            output.say(fit_sentence(event))
            for advice in event.advice:
                output.say(f"  {advice}")


def answering_line(event: Answering) -> str:
    if event.subject:
        return _("Answering with the adapter “{adapter}” (of the subject “{subject}”).").format(
            adapter=event.adapter, subject=event.subject
        )
    return _("Answering with the adapter “{adapter}”.").format(adapter=event.adapter)


def _show_document(event: DocumentRead, output: Output) -> None:
    pages = plural("{count} page", "{count} pages", event.pages)
    if event.readable_pages < event.pages:
        pages += ", " + _("{count} of them with text").format(count=event.readable_pages)
    language = language_name(event.language)
    about = f"{pages}, {language}" if language else pages
    output.say(_("Read “{title}”: {about}.").format(title=event.title, about=about))
    for warning in event.warnings:
        output.warn(warning)
