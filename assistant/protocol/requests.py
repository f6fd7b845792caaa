"""What a front end may ask for. Each request starts a job."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.protocol.registered import wire


@dataclass(frozen=True, kw_only=True)
class Request:
    job: str


@dataclass(frozen=True, kw_only=True)
class ModelRequest(Request):
    """Fields of every request that a language model answers; empty means: as the settings say."""

    model: str = ""
    adapter: str = ""
    device: str = ""
    max_new_tokens: int = 0
    temperature: float = -1.0
    seed: int = -1


@dataclass(frozen=True, kw_only=True)
class FromDocuments:
    """Which documents, and what of them; both as a person writes it."""

    paths: tuple[str, ...] = ()
    pages: str = ""
    """`3-9,12`, of each document; empty is all."""
    chapters: str = ""
    """`2,4-5` or words of titles, of each document; empty is all."""
    chosen: tuple[tuple[str, str, str], ...] = ()
    """(path, chapters, pages) where one document is chosen from otherwise than the rest."""
    password: str = ""
    passwords: tuple[tuple[str, str], ...] = ()
    """(path, password) where one document has another than the rest."""


@dataclass(frozen=True, kw_only=True)
class DocumentRequest(FromDocuments, ModelRequest):
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class SummaryRequest(DocumentRequest):
    unsupported: str = ""
    """What to do with sentences that state what the source does not have: see the setting of that name."""
    extractive: str = ""
    """Whether the document's own sentences may stand in for the model's: see the setting of that name."""


@wire
@dataclass(frozen=True, kw_only=True)
class LoadModel(ModelRequest):
    """Get the model ready, so that the first answer does not wait."""


@wire
@dataclass(frozen=True, kw_only=True)
class Summarize(SummaryRequest):
    style: str = ""
    bullets: int = 0
    """Points per section; 0 leaves it to the style."""


@wire
@dataclass(frozen=True, kw_only=True)
class Describe(SummaryRequest):
    """What is this text, in one or two sentences."""


@wire
@dataclass(frozen=True, kw_only=True)
class Chat(DocumentRequest):
    """Answer the last of `messages`; from the documents, with citations, where paths are given."""

    messages: tuple[tuple[str, str], ...] = ()
    """(role, content), oldest first."""


@wire
@dataclass(frozen=True, kw_only=True)
class Extract(FromDocuments, Request):
    """What a model will read of the documents, page by page."""

    outline: bool = False
    """Without the text: only what each document is, its chapters, and what was read how."""


@wire
@dataclass(frozen=True, kw_only=True)
class ListLibrary(Request):
    """Subjects, documents, and what they take of the disk."""

    subject: str = ""
    """Empty for all."""


@wire
@dataclass(frozen=True, kw_only=True)
class AddDocuments(Request):
    """Read files, and all documents in folders, into the library; what is there already is not read again."""

    paths: tuple[str, ...] = ()
    subject: str = ""
    """Made where there is none of that name; empty leaves documents where they are."""
    password: str = ""
    """Tried on those that want one. Their text is then kept without it."""


@wire
@dataclass(frozen=True, kw_only=True)
class RemoveDocuments(Request):
    """Delete documents and everything that was made from them; the files themselves stay."""

    names: tuple[str, ...] = ()
    """Paths, file names or titles."""
    subject: str = ""
    """The whole subject, instead of names."""
    preview: bool = False
    """Only say what would be deleted."""


@wire
@dataclass(frozen=True, kw_only=True)
class MoveDocuments(Request):
    names: tuple[str, ...] = ()
    subject: str = ""
    """Empty files them under none."""


@wire
@dataclass(frozen=True, kw_only=True)
class SearchLibrary(Request):
    text: str
    subject: str = ""
    limit: int = 10


@wire
@dataclass(frozen=True, kw_only=True)
class CleanLibrary(Request):
    """Delete finished work that nobody asks for any more, and free the space in the file."""

    days: int = 90
    """Work not used for so long goes."""
    missing: bool = False
    """Delete the documents whose files are gone, too."""
    preview: bool = False
    """Only say what would be deleted."""


@wire
@dataclass(frozen=True, kw_only=True)
class ListAdapters(Request):
    pass


@wire
@dataclass(frozen=True, kw_only=True)
class ShowAdapter(Request):
    name: str


@wire
@dataclass(frozen=True, kw_only=True)
class RenameAdapter(Request):
    name: str
    new_name: str


@wire
@dataclass(frozen=True, kw_only=True)
class RemoveAdapter(Request):
    """Delete an adapter with all its versions, or one that is kept beside the one in use."""

    name: str
    version: int = 0
    """0 is all of it."""


@wire
@dataclass(frozen=True, kw_only=True)
class RollbackAdapter(Request):
    """Answer with an earlier version again; the one in use is kept as a version."""

    name: str
    version: int = 0
    """0 is the one before."""


@wire
@dataclass(frozen=True, kw_only=True)
class ImportAdapter(Request):
    """Take over an adapter that was made elsewhere: a folder, a zip file, or a `.safetensors` file."""

    path: str
    name: str = ""
    """Empty for the file's own."""
    model: str = ""
    """The base it is for, where its files do not say."""
    subject: str = ""
    """It answers about the documents of this one from now on; empty for none."""
    overwrite: bool = False
    """The adapter that has the name becomes a version."""


@wire
@dataclass(frozen=True, kw_only=True)
class ExportAdapter(Request):
    """Write an adapter to a folder or a `.zip` file, as PEFT reads it."""

    name: str
    path: str
    overwrite: bool = False


@wire
@dataclass(frozen=True, kw_only=True)
class SetSubjectAdapter(Request):
    """Which adapter answers about the documents of a subject, unless another is asked for."""

    subject: str
    adapter: str
    """Empty takes it away."""


@wire
@dataclass(frozen=True, kw_only=True)
class Compare(DocumentRequest):
    """The same request through two adapters."""

    adapters: tuple[str, ...] = ()
    """Two names; `base` is the model without an adapter."""
    task: str = "summarize"
    """summarize, describe or ask"""
    style: str = ""
    bullets: int = 0
    question: str = ""
    blind: bool = False
    """Which is which is said only in the result."""


@wire
@dataclass(frozen=True, kw_only=True)
class ListModels(Request):
    pass


@wire
@dataclass(frozen=True, kw_only=True)
class FetchModel(Request):
    model: str


@wire
@dataclass(frozen=True, kw_only=True)
class RemoveModel(Request):
    model: str


@wire
@dataclass(frozen=True, kw_only=True)
class Diagnose(Request):
    pass


@wire
@dataclass(frozen=True, kw_only=True)
class Cancel(Request):
    """Stop that job. Not a job itself."""


@wire
@dataclass(frozen=True, kw_only=True)
class Shutdown:
    pass
