"""From the text of a reward expression to a formula: an allowlist over Python's syntax tree, never run.

The notation is described in `expressions`. Each kind of node that it does not list is refused by name, each
number becomes a float before anything is done with it, and the text's length and its tree's size and depth
are capped before anything walks it.
"""

import ast
import difflib
import math
import operator
import warnings
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal

from deepracer_analyzer.rewards import formula
from deepracer_analyzer.rewards.formula import Formula, Operation

Kind = Literal["number", "text"]
"""What a column holds, or a part of an expression comes to."""

Part = tuple[Formula, Kind]

MOST_CHARACTERS = 4_000
MOST_NODES = 2_000
MOST_DEPTH = 100

ALLOWED = (
    "numbers, {columns}, + - * / // % **, comparisons, and or not, A if B else C, "
    f"{' '.join(formula.FUNCTIONS)}"
)

_OPERATORS: Mapping[type[ast.AST], Operation] = MappingProxyType({
    ast.Add: formula.ADD, ast.Sub: formula.SUBTRACT, ast.Mult: formula.MULTIPLY, ast.Div: formula.DIVIDE,
    ast.FloorDiv: formula.FLOOR_DIVIDE, ast.Mod: formula.REMAINDER, ast.Pow: formula.POWER,
    ast.UAdd: formula.KEEP, ast.USub: formula.NEGATE, ast.Not: formula.NOT,
})  # fmt: skip

_RELATIONS: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = MappingProxyType({
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
})  # fmt: skip

_REFUSED: Mapping[type[ast.AST], str] = MappingProxyType({
    ast.Attribute: "no attributes", ast.Subscript: "no square brackets", ast.Lambda: "no lambda",
    ast.ListComp: "no comprehensions", ast.SetComp: "no comprehensions", ast.DictComp: "no comprehensions",
    ast.GeneratorExp: "no comprehensions", ast.JoinedStr: "no f-strings", ast.NamedExpr: "no :=",
    ast.Starred: "no star before an argument", ast.List: "no lists", ast.Dict: "no dictionaries",
    ast.Tuple: "no commas but between a function's arguments", ast.Await: "no await", ast.Yield: "no yield",
    ast.YieldFrom: "no yield", ast.BitAnd: "no & (write `and`)", ast.BitOr: "no | (write `or`)",
    ast.BitXor: "no ^ (a power is **)", ast.LShift: "no <<", ast.RShift: "no >>", ast.MatMult: "no @",
    ast.Invert: "no ~ (write `not`)", ast.In: "no `in` (write == and `or`)",
    ast.NotIn: "no `not in` (write != and `and`)", ast.Is: "no `is` (write ==)",
    ast.IsNot: "no `is not` (write !=)",
})  # fmt: skip

_BLANKS = str.maketrans("\t\n\r\f", "    ")


class ExpressionError(ValueError):
    """A reward expression that is not what it may be; one line with component, place and what is allowed."""


def one_line(text: str, length: int | None = None) -> str:
    """A text without what would break a line or could not be printed, cut to a length."""
    if length is not None and len(text) > length:
        text = f"{text[: length - 3]}..."
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class Reader:
    """Builds a formula from a text's syntax tree, one kind of node at a time.

    Args:
        name: Of the component, for messages.
        text: The expression.
        columns: The columns there are, and what they hold.

    Attributes:
        used: Columns met so far, in order; filled while reading.
        compared: Columns of texts with what they were compared to; filled while reading.
    """

    def __init__(self, name: str, text: str, columns: Mapping[str, Kind]) -> None:
        self.used: dict[str, None] = {}
        self.compared: dict[tuple[str, str], None] = {}
        self._name = one_line(name, 60)
        self._text = text.translate(_BLANKS).strip()
        self._columns = columns

    def read(self) -> Formula:
        """The whole expression as a formula.

        Raises:
            ExpressionError: It is anything else than `expressions` describes, or too large.
        """
        root = self._tree()
        whole, kind = self._part(root)
        if kind == "text":
            raise self._refusal(root, "a reward is a number, this is a text")
        return whole

    def _refusal(self, node: ast.expr | None, why: str, allowed: str | None = None) -> ExpressionError:
        if node is None:
            place = repr(one_line(self._text, 60))
        else:
            place = f"at character {self._start(node) + 1}, {one_line(self._of(node), 60)!r}"
        hint = f"write with {ALLOWED}" if allowed is None else allowed
        return ExpressionError(f"reward component {self._name!r}, {place}: {why}; {hint}")

    def _start(self, node: ast.expr) -> int:
        return len(self._text.encode()[: node.col_offset].decode(errors="replace"))

    def _of(self, node: ast.expr) -> str:
        return self._text.encode()[node.col_offset : node.end_col_offset].decode(errors="replace")

    def _tree(self) -> ast.expr:
        if not self._text:
            raise self._refusal(None, "nothing is written")
        if len(self._text) > MOST_CHARACTERS:
            raise self._refusal(None, f"{len(self._text):,} characters", f"write {MOST_CHARACTERS:,} at most")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                root = ast.parse(self._text, mode="eval").body
        except SyntaxError as error:
            raise self._not_parsed(error) from None
        except (ValueError, OverflowError) as error:
            raise self._refusal(None, f"not a text that can be read ({one_line(str(error))})") from None
        except (RecursionError, MemoryError):
            raise self._too_deep() from None
        self._check_size(root)
        self._check_comments(root)
        return root

    def _not_parsed(self, error: SyntaxError) -> ExpressionError:
        reason = one_line(error.msg or "it cannot be read")
        if "too many nested" in reason or "too complex" in reason:
            return self._too_deep()
        offset = min(max((error.offset or 1) - 1, 0), len(self._text))
        rest = one_line(self._text[offset:], 30)
        return self._refusal(None, f"{reason} at character {offset + 1}, {rest!r}")

    def _too_deep(self) -> ExpressionError:
        return self._refusal(None, "too deeply nested, or too long a chain", f"{MOST_DEPTH} levels at most")

    def _check_size(self, root: ast.expr) -> None:
        level: list[ast.AST] = [root]
        depth = nodes = 0
        while level:
            depth, nodes = depth + 1, nodes + len(level)
            if depth > MOST_DEPTH:
                raise self._too_deep()
            if nodes > MOST_NODES:
                raise self._refusal(
                    None, "too many parts", f"{MOST_NODES:,} numbers, names and signs at most"
                )
            level = [child for node in level for child in ast.iter_child_nodes(node)]

    def _check_comments(self, root: ast.expr) -> None:
        inside = sum(self._of(node).count("#") for node in _strings(root))
        if self._text.count("#") > inside:
            raise self._refusal(None, "# would hide what comes after it", "write no comments")

    def _part(self, node: ast.expr) -> Part:
        if isinstance(node, ast.Constant):
            return self._constant(node)
        if isinstance(node, ast.Set):
            return self._column(node)
        return self._computed(node), "number"

    def _computed(self, node: ast.expr) -> Formula:
        match node:
            case ast.Compare():
                return self._compared(node)
            case ast.Call():
                return self._call(node)
            case ast.BinOp(left=left, op=sign, right=right):
                return self._applied(node, sign, left, right)
            case ast.UnaryOp(op=sign, operand=operand):
                return self._applied(node, sign, operand)
            case ast.IfExp(test=test, body=yes, orelse=no):
                return formula.Chosen(self._number(test), self._number(yes), self._number(no))
            case ast.BoolOp():
                return self._joined(node)
            case ast.Name():
                raise self._bare_name(node)
            case _:
                raise self._not_allowed(node, node)

    def _not_allowed(self, node: ast.expr, what: ast.AST) -> ExpressionError:
        return self._refusal(node, _REFUSED.get(type(what), "not allowed here"))

    def _number(self, node: ast.expr) -> Formula:
        part, kind = self._part(node)
        if kind == "text":
            raise self._refusal(node, "a text stands for a number", "texts are compared with == and != only")
        return part

    def _constant(self, node: ast.Constant) -> Part:
        value = node.value
        if isinstance(value, str):
            return formula.Text(value), "text"
        if not isinstance(value, bool | int | float):
            raise self._refusal(node, "not a number")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isinf(number):
            raise self._refusal(node, "a number too large", "1.7e308 is the largest")
        return formula.Number(number), "number"

    def _column(self, node: ast.Set) -> Part:
        column = self._of(node)[1:-1].strip()
        kind = self._columns.get(column)
        if kind is None:
            raise self._unknown_column(node, column)
        self.used[column] = None
        return (formula.Column(column) if kind == "number" else formula.TextColumn(column)), kind

    def _unknown_column(self, node: ast.Set, column: str) -> ExpressionError:
        lowered = {name.lower(): name for name in self._columns}
        near = difflib.get_close_matches(column[:60].lower(), lowered, n=1, cutoff=0.5)
        hint = f" (is it {{{lowered[near[0]]}}}?)" if near else ""
        names = one_line(", ".join(self._columns))
        return self._refusal(node, f"the log has no such column{hint}", f"there are {names}")

    def _bare_name(self, node: ast.Name) -> ExpressionError:
        if node.id in self._columns:
            return self._refusal(node, "a column stands in braces", f"write {{{node.id}}}")
        if node.id in formula.FUNCTIONS:
            return self._refusal(node, "a function without arguments", f"write {node.id}(...)")
        return self._refusal(node, "a name that means nothing here")

    def _applied(self, node: ast.expr, sign: ast.AST, *operands: ast.expr) -> Formula:
        operation = _OPERATORS.get(type(sign))
        if operation is None:
            raise self._not_allowed(node, sign)
        return formula.Applied(operation, tuple(self._number(operand) for operand in operands))

    def _joined(self, node: ast.BoolOp) -> Formula:
        sides = tuple(self._number(value) for value in node.values)
        return formula.Joined("and" if isinstance(node.op, ast.And) else "or", sides)

    def _compared(self, node: ast.Compare) -> Formula:
        relations: list[Callable[[Any, Any], Any]] = []
        for sign in node.ops:
            relation = _RELATIONS.get(type(sign))
            if relation is None:
                raise self._not_allowed(node, sign)
            relations.append(relation)
        sides = [self._part(side) for side in (node.left, *node.comparators)]
        for left, sign, right in zip(sides, node.ops, sides[1:], strict=False):
            self._check_sides(node, sign, left, right)
        return formula.Compared(tuple(relations), tuple(part for part, _ in sides))

    def _check_sides(self, node: ast.expr, sign: ast.cmpop, left: Part, right: Part) -> None:
        if left[1] == right[1] == "number":
            return
        if left[1] != right[1]:
            raise self._refusal(node, "a text is compared with a number", "compare numbers, or texts")
        if not isinstance(sign, ast.Eq | ast.NotEq):
            raise self._refusal(node, "texts have no order", "compare them with == and !=")
        columns = [part.name for part, _ in (left, right) if isinstance(part, formula.TextColumn)]
        texts = [part.value for part, _ in (left, right) if isinstance(part, formula.Text)]
        if not columns:
            raise self._refusal(node, "two texts are compared", "compare a {column} of the log with a text")
        self.compared.update({(columns[0], text): None for text in texts})

    def _call(self, node: ast.Call) -> Formula:
        operation = formula.FUNCTIONS.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if operation is None:
            raise self._refusal(node, "there is no such function")
        if node.keywords:
            raise self._refusal(node, "arguments have no names here", "give them in order")
        count = len(node.args)
        if not operation.least <= count <= operation.most:
            takes = " to ".join(str(number) for number in sorted({operation.least, operation.most}))
            raise self._refusal(node, f"{count} given", f"{self._of(node.func)} takes {takes}")
        return formula.Applied(operation, tuple(self._number(argument) for argument in node.args))


def _strings(root: ast.expr) -> Iterator[ast.Constant]:
    for node in ast.walk(root):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            yield node
