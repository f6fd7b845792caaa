"""Requests → events: the one way both front ends get anything done.

A handler (`adapters.handlers`) is a generator that yields events and returns the job's result; `run` adds the one
terminal event.
"""

from __future__ import annotations

import logging
from collections.abc import Generator

from adapters import adapter_jobs, blind_jobs, dataset_jobs, evaluation_jobs, handlers, library_jobs, run_jobs
from adapters.compare import compare
from adapters.extract import extract
from adapters.handlers import Handler
from adapters.session import Session
from assistant import protocol
from assistant.errors import Stopped, SuntoError
from assistant.failure import failed_event
from assistant.generation import ShouldStop, never_stop
from assistant.protocol import Event, Request

__all__ = ["HANDLERS", "Session", "run"]

logger = logging.getLogger(__name__)

HANDLERS: dict[type[Request], Handler] = {
    protocol.LoadModel: handlers.load_model,
    protocol.Summarize: handlers.summarize,
    protocol.Describe: handlers.summarize,
    protocol.Chat: handlers.chat,
    protocol.Compare: compare,
    protocol.Extract: extract,
    protocol.ListLibrary: library_jobs.list_library,
    protocol.AddDocuments: library_jobs.add_documents,
    protocol.RemoveDocuments: library_jobs.remove_documents,
    protocol.MoveDocuments: library_jobs.move_documents,
    protocol.SetSubjectAdapter: library_jobs.set_subject_adapter,
    protocol.SearchLibrary: library_jobs.search_library,
    protocol.CleanLibrary: library_jobs.clean_library,
    protocol.BuildDataset: dataset_jobs.build_dataset,
    protocol.ListDatasets: dataset_jobs.list_datasets,
    protocol.CheckDataset: dataset_jobs.check_dataset,
    protocol.ListExamples: dataset_jobs.list_examples,
    protocol.ReviewExample: dataset_jobs.review_example,
    protocol.ExportDataset: dataset_jobs.export_dataset,
    protocol.RemoveDataset: dataset_jobs.remove_dataset,
    protocol.Train: handlers.train,
    protocol.CheckFit: handlers.check_fit,
    protocol.TryRates: handlers.try_rates,
    protocol.ListRuns: handlers.immediate(run_jobs.list_runs),
    protocol.RemoveRun: handlers.immediate(run_jobs.remove_run),
    protocol.Evaluate: evaluation_jobs.evaluate,
    protocol.ShowEvaluation: handlers.immediate(evaluation_jobs.show_evaluation),
    protocol.ExportEvaluation: handlers.immediate(evaluation_jobs.export_evaluation),
    protocol.ListBlindPairs: blind_jobs.list_blind_pairs,
    protocol.ChooseBlind: blind_jobs.choose_blind,
    protocol.FetchModel: handlers.fetch_model,
    protocol.Diagnose: handlers.diagnose,
    protocol.ListAdapters: adapter_jobs.list_adapters,
    protocol.ShowAdapter: adapter_jobs.show_adapter,
    protocol.RenameAdapter: adapter_jobs.rename_adapter,
    protocol.RemoveAdapter: adapter_jobs.remove_adapter,
    protocol.RollbackAdapter: adapter_jobs.roll_back_adapter,
    protocol.ImportAdapter: adapter_jobs.import_adapter,
    protocol.ExportAdapter: adapter_jobs.export_adapter,
    protocol.ListModels: handlers.immediate(handlers.list_models),
    protocol.RemoveModel: handlers.immediate(handlers.remove_model),
}


def run(request: Request, session: Session, should_stop: ShouldStop = never_stop) -> Generator[Event, None, None]:
    """Do the job; the last event, and only the last, is `Finished`, `Failed` or `Cancelled`."""
    try:
        result = yield from HANDLERS[type(request)](request, session, should_stop)
        yield protocol.Finished(job=request.job, result=result)
    except Stopped as stopped:
        yield protocol.Cancelled(job=request.job, text=stopped.text)
    except SuntoError as error:
        logger.debug("the job failed", exc_info=True)
        yield failed_event(request.job, error)
    except Exception as error:
        logger.exception("a mistake of Sunto's own")
        yield failed_event(request.job, error)
