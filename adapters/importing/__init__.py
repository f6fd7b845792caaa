"""Adapters made elsewhere, taken over safely: a folder, a .zip or a .safetensors file of any tool that writes PEFT's
format.

    source = read_source(path)                      what is there; opens nothing but small JSON and text
    base_of(source, kept_names)                     the base it names, "" when it cannot be known
    import_adapter(source, name=…, model=…, …)      check everything, then fill the staging folder

Everything in the files comes from a stranger. Nothing is unpickled or executed; names inside an archive never become
names on the disk; nothing outside the given folder is read; sizes are limited before anything is read. Every way in
which the adapter does not fit is found before the first byte is written, and told at once.

    source                    finds the adapter; folder, archive and reader are how its files are read
    settings, patterns        what adapter_config.json says, and may say
    header, tensors           what the safetensors file holds, under names of all spellings
    bases, layers, template   the base by its names; its linear layers, without its weights; its chat template
    checks, differences       everything that must agree, told at once; trouble is how all else is told
    writing, importer         the staging folder, whole or not at all
"""

from adapters.importing.bases import base_of
from adapters.importing.importer import import_adapter
from adapters.importing.source import AdapterSource, read_source

__all__ = ["AdapterSource", "base_of", "import_adapter", "read_source"]
