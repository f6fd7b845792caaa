"""`sunto chat`: a conversation line by line, on a terminal or through a pipe, without the full-screen app."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from assistant.config import load_settings
from assistant.errors import ExitCode
from assistant.i18n import _
from assistant.protocol import Cancelled, Chat, Finished
from tui.cli.documents import asked_adapter, document_fields
from tui.cli.job import JOB, JobRunner, Result, conclude
from tui.cli.options import setting_overrides
from tui.cli.report import answer_line, marks_line
from tui.cli.typed import read_line
from tui.output import Output

_PROMPT = "› "


def chat(options: Namespace, output: Output) -> int:
    """Answer until the input ends. The exit code is that of the last answer that failed, if one did."""
    settings = load_settings(setting_overrides(options))
    documents = document_fields(options)
    with JobRunner(output, settings) as runner:
        conversation = _Conversation(documents, asked_adapter(options), output, runner)
        output.say(_("Ask anything. /adapter NAME changes the adapter, /quit leaves, Ctrl-C stops an answer."))
        while (line := read_line(_PROMPT)) is not None:
            if not conversation.take(line.strip()):
                break
    return conversation.exit_code


class _Conversation:
    """What was said so far, and with which adapter the next answer is given."""

    def __init__(self, documents: dict[str, Any], adapter: str, output: Output, runner: JobRunner) -> None:
        self._documents = documents
        """Which, and what of them, as fields of a request."""
        self._output = output
        self._runner = runner
        self._adapter = adapter
        """As it was asked for; empty leaves it to the settings."""
        self._messages: list[tuple[str, str]] = []
        self._explained = False
        """Whether it was said what the marks in an answer mean."""
        self.exit_code: int = ExitCode.OK

    def take(self, line: str) -> bool:
        """One line of input; False when it asks to leave."""
        if not line:
            return True
        if not line.startswith("/"):
            self._answer(line)
            return True
        command, _space, argument = line.partition(" ")
        if command == "/quit":
            return False
        if command == "/adapter" and argument.strip():
            self._adapter = argument.strip()
            self._output.say(
                _("The next answers use the adapter of the documents' subject, where it has one.")
                if self._adapter == "auto"
                else _("The next answers use: {adapter}.").format(adapter=self._adapter)
            )
        else:
            self._output.warn(
                _("There is no “{line}” here.").format(line=line), _("Type a question, /adapter NAME or /quit.")
            )
        return True

    def _answer(self, question: str) -> None:
        self._messages.append(("user", question))
        request = Chat(
            job=JOB,
            messages=tuple(self._messages),
            adapter=self._adapter,
            **self._documents,
        )
        ending = self._runner.run(request)
        self._output.end_line()
        code = conclude(ending, self._output, self._present)
        answer = _answer_text(ending)
        if answer:
            self._messages.append(("assistant", answer))
        else:  # nothing was said: the question is as if it had not been asked
            self._messages.pop()
        if not isinstance(ending, Cancelled):
            self.exit_code = code or self.exit_code

    def _present(self, result: Result) -> None:
        marks = [] if self._explained else marks_line(result)
        self._explained = self._explained or bool(marks)
        self._output.say("\n".join((*marks, answer_line(result, self._output.talk_columns))))


def _answer_text(ending: object) -> str:
    """What the model said, a stopped answer included."""
    if isinstance(ending, Finished):
        return str(ending.result.get("answer", ""))
    return ending.text if isinstance(ending, Cancelled) else ""
