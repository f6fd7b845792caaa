"""The connection to a hub, and the one place where its errors and those of HTTP become ours.

huggingface_hub supplies the session: proxies, certificates, the person's token, its own offline switch. Nothing about
this machine is sent along: no telemetry, no library versions.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from assistant import __version__
from assistant.errors import FetchError, ModelNotFoundError
from assistant.i18n import _

PARTIAL_CONTENT = 206
_TIMEOUT_SECONDS = 20
_LATER = frozenset({408, 416, 425, 429, 500, 502, 503, 504})
"""Statuses by which a server says: try again."""


class Interrupted(Exception):  # noqa: N818 - a turn of the retry loop, not an error
    """This attempt ended early: try again from where it stopped."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _headers() -> dict[str, str]:
    from huggingface_hub import get_token

    headers = {"User-Agent": f"sunto/{__version__}"}
    if token := get_token():
        headers["Authorization"] = f"Bearer {token}"  # not sent on when the hub redirects to another host
    return headers


def get_json(url: str) -> Any:
    """None when the answer is not JSON."""
    from huggingface_hub.utils import get_session

    reply = get_session().get(
        url, params={"blobs": "true"}, headers=_headers(), timeout=_TIMEOUT_SECONDS, follow_redirects=True
    )
    _require_success(reply)
    try:
        return reply.json()
    except ValueError:
        return None


@contextmanager
def get_stream(url: str, *, start: int) -> Generator[Any]:
    """The open answer, its bytes as they are on the hub, from byte `start` on (or from 0: see its status)."""
    from huggingface_hub.utils import get_session

    headers = {**_headers(), "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    session = get_session()
    with session.stream("GET", url, headers=headers, timeout=_TIMEOUT_SECONDS, follow_redirects=True) as reply:
        if reply.status_code >= 400:
            reply.read()
        _require_success(reply)
        yield reply


def _require_success(reply: Any) -> None:
    """Raises Interrupted where trying again may help, and huggingface_hub's own errors otherwise."""
    from huggingface_hub.utils import hf_raise_for_status

    if reply.status_code in _LATER:
        raise Interrupted(_("the server answered {status}").format(status=reply.status_code))
    hf_raise_for_status(reply)


@contextmanager
def translated(hub_id: str, endpoint: str) -> Generator[None]:
    """The one place where the errors of huggingface_hub and of HTTP become ours."""
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        HTTPError,  # pyright: ignore[reportPrivateImportUsage] - httpx's or httpx2's, whichever it uses
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        yield
    except OfflineModeIsEnabled as error:
        raise ModelNotFoundError(
            _("The model {name} is not on this machine, and HF_HUB_OFFLINE forbids fetching it.").format(name=hub_id),
            _("Unset HF_HUB_OFFLINE once, while connected, and run `sunto models fetch {name}`.").format(name=hub_id),
        ) from error
    except GatedRepoError as error:
        raise FetchError(
            _("The owners of {name} give it only to people who accept their conditions.").format(name=hub_id),
            _("Accept them at {page}, set HF_TOKEN to a token of your account there, and try again.").format(
                page=f"{endpoint}/{hub_id}"
            ),
        ) from error
    except RepositoryNotFoundError as error:
        raise ModelNotFoundError(
            _("There is no model {name} on the hub, or it is private.").format(name=hub_id),
            _("Check the spelling; `sunto models list` shows the models Sunto knows."),
        ) from error
    except RevisionNotFoundError as error:
        raise FetchError(
            _("The hub no longer has the version of {name} that was first fetched.").format(name=hub_id),
            _("Delete its .source.json file in the models folder to accept today's version."),
        ) from error
    except HfHubHTTPError as error:
        raise FetchError(
            _("{name} could not be fetched: the server answered {status}.").format(
                name=hub_id, status=error.response.status_code
            ),
            _("Try again later; if it goes on, look at {page} in a browser.").format(page=f"{endpoint}/{hub_id}"),
        ) from error
    except HTTPError as error:
        raise Interrupted(str(error) or type(error).__name__) from error
