"""The zoo's YAML files, read as data: no tag of theirs makes an object but one ordered mapping."""

from collections import OrderedDict
from pathlib import Path
from typing import Any, cast

import yaml

_ORDERED_DICT = "tag:yaml.org,2002:python/object/apply:collections.OrderedDict"


class _ZooLoader(yaml.SafeLoader):
    """PyYAML's safe loader, and `collections.OrderedDict`, which the zoo writes around every file."""


def _ordered_dict(loader: yaml.SafeLoader, node: yaml.Node) -> OrderedDict[Any, Any]:
    """Build the mapping from `[[[key, value], ...]]`, the arguments of the call that the tag stands for."""
    if not isinstance(node, yaml.SequenceNode):
        raise yaml.constructor.ConstructorError(None, None, "expected a list of pairs", node.start_mark)
    arguments = loader.construct_sequence(node, deep=True)
    try:
        return OrderedDict(*arguments)
    except (TypeError, ValueError) as error:
        raise yaml.constructor.ConstructorError(
            None, None, f"expected a list of pairs ({error})", node.start_mark
        ) from error


_ZooLoader.add_constructor(_ORDERED_DICT, _ordered_dict)


def read_yaml(path: Path, *, trust: bool = False) -> dict[str, Any]:
    """Read one of the zoo's YAML files (`args.yml`, `config.yml`).

    Args:
        path: the file.
        trust: also obey tags that build arbitrary objects, as the zoo does; such a file is a program.

    Returns:
        The mapping in the file; empty for an empty file.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not YAML, holds a tag that would run code, or is no mapping.
    """
    text = path.read_bytes()
    try:
        # With trust the user has asked, by name, for what the zoo itself does.
        loaded: object = yaml.load(text, Loader=yaml.UnsafeLoader if trust else _ZooLoader)
    except yaml.constructor.ConstructorError as error:
        message = (
            f"{path} holds what is more than data ({_first_line(error)}); pass trust=True (--trust) to run it"
        )
        raise ValueError(message) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        message = f"{path} is not readable YAML ({_first_line(error)}); restore the file the zoo wrote"
        raise ValueError(message) from error
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        message = (
            f"{path} holds a {type(loaded).__name__}, expected a mapping; restore the file the zoo wrote"
        )
        raise ValueError(message)  # noqa: TRY004 (the file is wrong, not an argument)
    return dict(cast("dict[str, Any]", loaded))


def _first_line(error: BaseException) -> str:
    """What went wrong and where, without the excerpt of the file."""
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark
        where = f" in line {mark.line + 1}" if mark is not None else ""
        return f"{error.problem or error.context}{where}"
    return str(error).splitlines()[0] if str(error) else type(error).__name__
