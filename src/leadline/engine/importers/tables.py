"""One file, or one sheet of a workbook, as a table of texts; nothing is dropped without a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from leadline.engine.errors import BadFile
from leadline.engine.importers.dialects import DELIMITERS, ONE_COLUMN, declared_delimiter, find_delimiter
from leadline.engine.importers.encodings import Encoding, find_encoding, read_start
from leadline.engine.importers.headers import Header, find_header
from leadline.engine.importers.records import RecordSplitter
from leadline.engine.importers.rows import TableBuilder
