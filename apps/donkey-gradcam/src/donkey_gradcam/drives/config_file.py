"""The plain values of a Python file, read from its syntax; nothing in it is run."""

import ast
import operator
import warnings
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

_LARGEST_FILE = 1_000_000
_LARGEST_NUMBER = 1e18
_LONGEST = 10_000
"""Bounds of what a configuration says: beyond them nothing is computed, so that none can make this slow."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value that a file sets, and in which line."""

    value: Any
    line: int


_Known = dict[str, Value]


class _NotPlainError(ValueError):
    """What only running the file would tell."""


def read_values(path: Path, keys: Collection[str]) -> dict[str, Value]:
    """The values of the names that a Python file sets at its top level.

    Values are literals, names set above, and arithmetic or joined lists of these. Lines that say anything
    else are passed over, unless they may set one of `keys`.

    Args:
        path: the file.
        keys: the names that must not be missed.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not Python, or a line sets one of `keys` in a way that only running it would tell.
    """
    known: _Known = {}
    for statement in _parse(path).body:
        try:
            known.update(_assigned(statement, known))
        except (_NotPlainError, RecursionError) as error:
            changed = _changed(statement, known)
            missed = [key for key in keys if key in changed or "*" in changed]
            if missed:
                msg = (
                    f"{path} line {statement.lineno}: {missed[0]} may be set by code, which is not run here "
                    f"({error}); write it as a plain value, such as IMAGE_W = 160"
                )
                raise ValueError(msg) from error
            for name in changed:
                known.pop(name, None)
    return known


def _parse(path: Path) -> ast.Module:
    if path.stat().st_size > _LARGEST_FILE:
        msg = f"{path} is too large for a configuration; give a donkeycar myconfig.py"
        raise ValueError(msg)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as an escape "\d": nothing that our user must mend
            return ast.parse(path.read_bytes())
    except SyntaxError as error:
        msg = f"{path} line {error.lineno} is not Python ({error.msg}); give a donkeycar myconfig.py"
        raise ValueError(msg) from error
    except (ValueError, RecursionError, MemoryError) as error:
        msg = f"{path} is not Python ({str(error) or 'too deeply nested'}); give a donkeycar myconfig.py"
        raise ValueError(msg) from error


def _assigned(statement: ast.stmt, known: _Known) -> _Known:
    """What a statement sets; nothing for a docstring."""
    line = statement.lineno
    match statement:
        case ast.Assign(targets, value):
            result = _evaluate(value, known)
            return {name: Value(item, line) for target in targets for name, item in _bind(target, result)}
        case ast.AnnAssign(ast.Name(name), value=ast.expr() as value):
            return {name: Value(_evaluate(value, known), line)}
        case ast.AugAssign(ast.Name(name), sign, value):
            total = ast.BinOp(ast.Name(name), sign, value)
            return {name: Value(_evaluate(total, known), line)}
        case ast.Expr(ast.Constant()) | ast.Pass():
            return {}
        case _:
            raise _NotPlainError(_text(statement))


def _bind(target: ast.expr, value: object) -> Iterator[tuple[str, Any]]:
    """The names of an assignment's left side with their parts of the value."""
    if isinstance(target, ast.Name):
        yield target.id, value
        return
    items = cast("list[Any]", value) if isinstance(value, list | tuple) else []
    if not isinstance(target, ast.Tuple | ast.List) or len(target.elts) != len(items):
        raise _NotPlainError(_text(target))
    for element, item in zip(target.elts, items, strict=True):
        yield from _bind(element, item)


def _changed(statement: ast.stmt, known: _Known) -> set[str]:
    """The names whose values a statement may change; `*` stands for any name."""
    changed: set[str] = set()
    lists: set[int] = set()
    for node in ast.walk(statement):
        match node:
            case ast.Name(name, context):
                if not isinstance(context, ast.Load):
                    changed.add(name)
                elif name in known and isinstance(known[name].value, list | dict):
                    lists.add(id(known[name].value))  # as in TRANSFORMATIONS.append("CROP")
            case ast.alias(name, other):
                changed.add(other or name.split(".")[0])
            case ast.FunctionDef(name) | ast.ClassDef(name) | ast.AsyncFunctionDef(name):
                changed.add(name)
            case _:
                pass
    return changed | {name for name, value in known.items() if id(value.value) in lists}


def _evaluate(node: ast.expr, known: _Known) -> Any:  # noqa: ANN401 - whatever a literal can be
    evaluate = _EXPRESSIONS.get(type(node))
    if evaluate is None:
        raise _NotPlainError(_text(node))
    result = evaluate(node, known)
    if _is_too_large(result):
        msg = f"{_text(node)} is too large"
        raise _NotPlainError(msg)
    return result


def _is_too_large(value: Any) -> bool:  # noqa: ANN401 - whatever a literal can be
    if isinstance(value, int | float):
        return abs(value) > _LARGEST_NUMBER
    return value is not None and len(value) > _LONGEST


def _constant(node: ast.Constant, known: _Known) -> object:
    del known
    if node.value is not None and not isinstance(node.value, str | int | float):
        raise _NotPlainError(_text(node))
    return node.value


def _name(node: ast.Name, known: _Known) -> object:
    if node.id not in known:
        msg = f"{node.id} is not a plain value above"
        raise _NotPlainError(msg)
    return known[node.id].value


def _dictionary(node: ast.Dict, known: _Known) -> object:
    pairs: dict[Any, Any] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if not isinstance(key, ast.Constant):
            raise _NotPlainError(_text(node))
        pairs[_constant(key, known)] = _evaluate(value, known)
    return pairs


def _signed(node: ast.UnaryOp, known: _Known) -> object:
    value = _evaluate(node.operand, known)
    sign = _SIGNS.get(type(node.op))
    if sign is None or not isinstance(value, int | float):
        raise _NotPlainError(_text(node))
    return sign(value)


def _combined(node: ast.BinOp, known: _Known) -> object:
    left: Any = _evaluate(node.left, known)
    right: Any = _evaluate(node.right, known)
    combine = _OPERATIONS.get(type(node.op))
    are_numbers = isinstance(left, int | float) and isinstance(right, int | float)
    are_joined = isinstance(node.op, ast.Add) and any(
        isinstance(left, kind) and isinstance(right, kind) for kind in (str, list, tuple)
    )
    if combine is None or not (are_numbers or are_joined):
        raise _NotPlainError(_text(node))
    try:
        return combine(left, right)
    except ArithmeticError as error:
        msg = f"{_text(node)}: {error}"
        raise _NotPlainError(msg) from error


def _text(node: ast.AST) -> str:
    """A short copy of what the file says, for a message."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


_OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda left, right: left / right,
    ast.FloorDiv: lambda left, right: left // right,
    ast.Mod: operator.mod,
}
_SIGNS: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
}
_EXPRESSIONS: dict[type[ast.expr], Callable[[Any, _Known], Any]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.List: lambda node, known: [_evaluate(item, known) for item in node.elts],
    ast.Tuple: lambda node, known: tuple(_evaluate(item, known) for item in node.elts),
    ast.Dict: _dictionary,
    ast.UnaryOp: _signed,
    ast.BinOp: _combined,
}
"""What an expression may consist of; anything else is not a plain value."""
