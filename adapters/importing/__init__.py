"""Adapters made elsewhere, taken over safely: a folder, a .zip or a .safetensors file of any tool that writes PEFT's
format.

    source = read_source(path)                      what is there; opens nothing but small JSON and text
    base_of(source, kept_names)                     the base it names, "" when it cannot be known
    import_adapter(source, name=…, model=…, …)      check everything, then fill the staging folder

Everything in the files comes from a stranger. Nothing is unpickled or executed; names inside an archive never become
names on the disk; nothing outside the given folder is read; sizes are limited before anything is read. Every way in
which the adapter does not fit is found before the first byte is written, and told at once.

    source, folder, archive   where the files lie, and how they are read        header    a safetensors file's header
    settings, patterns        what adapter_config.json says                     tensors   names of all spellings
    bases, layers             the base's names; its linear layers, no weights   template  the chat template beside it
    checks, differences       everything that must agree                        writing   the staging folder
"""

from adapters.importing.bases import base_of
from adapters.importing.importer import import_adapter
from adapters.importing.source import AdapterSource, read_source

__all__ = ["AdapterSource", "base_of", "import_adapter", "read_source"]
