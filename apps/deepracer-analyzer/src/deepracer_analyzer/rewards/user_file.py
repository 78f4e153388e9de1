"""A user's own Python file, loaded and run because they named it; everything else stays as it was found."""

import sys
import traceback
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from io import TextIOBase
from pathlib import Path
from types import CodeType

from deepracer_analyzer.rewards.grammar import one_line

FUNCTION = "reward_function"

EXPECTED = f"give a Python file with `def {FUNCTION}(params)`"

_MODULE = "deepracer_analyzer_users_file"


class _Loader(SourceFileLoader):
    """Reads and compiles the file itself each time: no `.pyc` is read or written beside it."""

    def get_code(self, fullname: str) -> CodeType | None:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


class _Counter(TextIOBase):
    """A text stream that keeps nothing but the number of lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        self.lines += text.count("\n")
        return len(text)


@dataclass(slots=True)
class Kept:
    """What a user's file wanted to write on the console.

    Attributes:
        lines: How many lines it printed.
        warnings: How many warnings there were; each place counts once.
        first_warning: The first of them.
    """

    lines: int = 0
    warnings: int = 0
    first_warning: str = ""


@dataclass(frozen=True, slots=True)
class UserFunction:
    """A reward function that can be called.

    Attributes:
        path: Of its file.
        call: The function itself.
        kept: What it wanted to write so far; complete when the block has been left.
    """

    path: Path
    call: Callable[[dict[str, object]], object]
    kept: Kept = field(default_factory=Kept)

    def place(self, error: BaseException) -> str:
        """The file and, where it is known, the line of it in which an error arose."""
        steps = traceback.walk_tb(error.__traceback__)
        lines = [line for frame, line in steps if frame.f_code.co_filename == str(self.path)]
        return f"{self.path}, line {lines[-1]}" if lines else str(self.path)


@contextmanager
def open_function(path: Path) -> Generator[UserFunction]:
    """Load a file and hand over its `reward_function`; quiet until the block is left.

    The file is run as a module of its own that is forgotten afterwards; `sys.path` and
    `sys.dont_write_bytecode` are not touched, and nothing is written beside it.

    Raises:
        ValueError: It is no Python, it fails while it is loaded, or it has no such function.
        OSError: It cannot be read.
    """
    _check(path)
    before = sys.modules.get(_MODULE)
    counter, kept = _Counter(), Kept()
    try:
        with redirect_stdout(counter), redirect_stderr(counter), warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("default")
            yield UserFunction(path, _load(path), kept)
    finally:
        if before is None:
            sys.modules.pop(_MODULE, None)
        else:
            sys.modules[_MODULE] = before
    kept.lines, kept.warnings = counter.lines, len(seen)
    kept.first_warning = one_line(str(seen[0].message), 80) if seen else ""


def _check(path: Path) -> None:
    if path.is_dir():
        msg = f"{path}: a folder; {EXPECTED}"
        raise IsADirectoryError(msg)
    if not path.exists():
        msg = f"{path}: no such file; {EXPECTED}"
        raise FileNotFoundError(msg)


def _load(path: Path) -> Callable[[dict[str, object]], object]:
    loader = _Loader(_MODULE, str(path))
    spec = spec_from_loader(_MODULE, loader)
    if spec is None:
        msg = f"{path}: cannot be loaded; {EXPECTED}"
        raise ValueError(msg)
    module = module_from_spec(spec)
    sys.modules[_MODULE] = module
    try:
        loader.exec_module(module)
    except SyntaxError as error:
        msg = f"{path}, line {error.lineno}: {one_line(error.msg, 120)}; {EXPECTED}"
        raise ValueError(msg) from error
    except (Exception, SystemExit) as error:
        where = UserFunction(path, lambda _: None).place(error)
        msg = f"{where}: {describe(error)}; it must load before {FUNCTION} can be called"
        raise ValueError(msg) from error
    function = getattr(module, FUNCTION, None)
    if not callable(function):
        msg = f"{path}: has no function {FUNCTION}; {EXPECTED}"
        raise ValueError(msg)  # noqa: TRY004  what a file holds is a value
    return function


def describe(error: BaseException) -> str:
    """An error's type and text on one line."""
    text = one_line(str(error), 160)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
