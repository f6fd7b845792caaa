"""What each event of a running job looks like on the command line."""

from __future__ import annotations

from assistant.i18n import _, plural
from assistant.protocol import Answering, DocumentRead, Event, Notice, Progress, Routed, TextDelta, TextReset, TrainStep
from assistant.units import format_number
from tui.output import Mode, Output
from tui.words import duration, language_name


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
        case TrainStep():
            output.say(train_line(event))
        case _:
            pass


def answering_line(event: Answering) -> str:
    if event.subject:
        return _("Answering with the adapter “{adapter}” (of the subject “{subject}”).").format(
            adapter=event.adapter, subject=event.subject
        )
    return _("Answering with the adapter “{adapter}”.").format(adapter=event.adapter)


def train_line(event: TrainStep) -> str:
    return "  ".join(
        (
            _("step {step} of {total}").format(step=event.step, total=event.total_steps),
            _("loss {loss}").format(loss=format_number(event.loss, 4)),
            _("learning rate {rate}").format(rate=f"{event.learning_rate:.1e}"),
            _("{speed} tokens/s").format(speed=f"{event.tokens_per_second:.0f}"),
            _("about {time} left").format(time=duration(event.seconds_left)),
        )
    )


def _show_document(event: DocumentRead, output: Output) -> None:
    pages = plural("{count} page", "{count} pages", event.pages)
    if event.readable_pages < event.pages:
        pages += ", " + _("{count} of them with text").format(count=event.readable_pages)
    language = language_name(event.language)
    about = f"{pages}, {language}" if language else pages
    output.say(_("Read “{title}”: {about}.").format(title=event.title, about=about))
    for warning in event.warnings:
        output.warn(warning)
