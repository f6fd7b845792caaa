"""What destroys something asks first. `--yes` answers; where nobody can be asked, it is not done."""

from __future__ import annotations

from assistant.errors import ConfigError
from assistant.i18n import _
from tui.output import Output


def ask_first(output: Output, question: str, *, yes: bool) -> None:
    """Return when it may be done. Raises ConfigError when a person says no, or when nobody is there to ask."""
    if yes:
        return
    if not output.somebody_there:
        raise ConfigError(
            _("{question} Nobody is here to answer.").format(question=question), _("Add --yes to say yes.")
        )
    if not output.confirm(question):
        raise ConfigError(_("Nothing was changed."), _("Answer “y”, or add --yes, to go ahead."))
