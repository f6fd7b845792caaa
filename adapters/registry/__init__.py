"""Names ↔ adapter directories in `$SUNTO_HOME/adapters/`. Knows no torch.

names      what can be a name, and which folder it means     records    what is installed, and whether it fits a base
changes    publish, rename, roll back, remove                journal    all or nothing, one process at a time
"""

from adapters.cards import CARD_FILE
from adapters.registry.changes import check_free, exists_error, is_taken, publish, remove, rename, roll_back, staging
from adapters.registry.journal import reason_of, writing
from adapters.registry.names import RESERVED_NAMES, adapters_dir, check_name, folder_of
from adapters.registry.records import (
    CONFIG_FILE,
    AdapterRecord,
    adapter_names,
    check_compatible,
    differences,
    earlier_versions,
    get_adapter,
    list_adapters,
    same_base,
)

__all__ = [
    "CARD_FILE",
    "CONFIG_FILE",
    "RESERVED_NAMES",
    "AdapterRecord",
    "adapter_names",
    "adapters_dir",
    "check_compatible",
    "check_free",
    "check_name",
    "differences",
    "earlier_versions",
    "exists_error",
    "folder_of",
    "get_adapter",
    "is_taken",
    "list_adapters",
    "publish",
    "reason_of",
    "remove",
    "rename",
    "roll_back",
    "same_base",
    "staging",
    "writing",
]
