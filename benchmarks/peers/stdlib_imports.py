"""What any command line of some size imports from the standard library."""

import argparse  # noqa: F401
import dataclasses  # noqa: F401
import enum  # noqa: F401
import gettext  # noqa: F401
import json  # noqa: F401
import pathlib  # noqa: F401
