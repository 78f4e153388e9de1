"""What an app's documents and its command line say of each other: facts that the tests of every app check."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import click

ROOT = Path(__file__).parents[2]

_OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z_-]*")
_ROW = re.compile(r"^\| (`-[^|]+) \| ([^|]*) \|", re.MULTILINE)
_PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class AppDocuments:
    """An app's page, READMEs and command line.

    Attributes:
        app: name of the app, of its page and of its command.
        cli: the command line.
        scripts: name of an original script -> the command that it runs.
        scripts_own: options that only a script takes.
    """

    app: str
    cli: click.Group
    scripts: Mapping[str, str] = field(default_factory=dict[str, str])
    scripts_own: frozenset[str] = frozenset()

    @property
    def page(self) -> Path:
        """The document that names everything."""
        return ROOT / "docs" / f"{self.app}.md"

    @property
    def documents(self) -> tuple[Path, ...]:
        """Every document that has command lines of the app."""
        return (
            ROOT / "README.md",
            self.page,
            ROOT / "docs" / "maps.md",
            ROOT / "apps" / self.app / "README.md",
        )

    @property
    def text(self) -> str:
        """What the page says."""
        return self.page.read_text(encoding="utf-8")

    def options(self, command: str) -> list[click.Option]:
        """The options that a command's `--help` lists, but for `--help` itself."""
        return [option for option in self.cli.commands[command].params if isinstance(option, click.Option)]

    def names(self, command: str) -> set[str]:
        """The names of a command's options."""
        return {
            name for option in self.options(command) for name in (*option.opts, *option.secondary_opts)
        } | {"-h", "--help"}

    def unknown_in_command_lines(self, document: Path) -> list[tuple[str, str]]:
        """Options in a document's command lines that the command does not have."""
        return [
            (command, option)
            for command, rest in self._command_lines(document.read_text(encoding="utf-8"))
            for option in _OPTION.findall(rest)
            if option not in self.names(command) | self.scripts_own
        ]

    def unknown_on_page(self) -> set[str]:
        """Options between backticks on the page that no command has."""
        spans = re.findall(r"`(-[^`]+)`", self.text)
        known = {"--version", "-h", "--help"}.union(*map(self.names, self.cli.commands), self.scripts_own)
        return {option for span in spans for option in _OPTION.findall(span)} - known

    def unnamed_on_page(self, command: str) -> set[str]:
        """Options of a command that stand nowhere on the page between backticks."""
        spans = re.findall(r"`([^`\n]+)`", self.text)
        named = {option for span in spans for option in _OPTION.findall(span)}
        return self.names(command) - {"-h", "--help"} - named

    def wrong_defaults(self, command: str) -> dict[str, tuple[str | None, str]]:
        """Options whose default the page does not give as it is: name -> (given, true).

        It is looked for in the tables of the command's own section, then from the top of the page. Where
        there is no default, the page may say in words what happens.
        """
        own, all_rows = self._rows(self._section(command)), self._rows(self.text)
        wrong: dict[str, tuple[str | None, str]] = {}
        for option in self.options(command):
            name, true = option.opts[0], _shown_default(option)
            given = own.get(name, all_rows.get(name))
            if true is not None and given != true:
                wrong[name] = given, true
        return wrong

    def misplaced_rows(self, command: str) -> set[str]:
        """Options in the tables of a command's section that the command does not have."""
        return self._rows(self._section(command)).keys() - self.names(command)

    def unlisted_choices(self, command: str) -> set[str]:
        """What can be chosen with a command's options and does not stand on the page."""
        choices = {
            str(choice)
            for option in self.options(command)
            if isinstance(option.type, click.Choice)
            for choice in option.type.choices
        }
        return {choice for choice in choices if f"`{choice}`" not in self.text}

    def unknown_imports(self) -> list[str]:
        """What the page's examples import from our packages that these do not offer."""
        return [
            f"{module}.{name}"
            for code in _PYTHON.findall(self.text)
            for module, name in _imported(ast.parse(code))
            if name not in import_module(module).__all__
        ]

    def _command_lines(self, text: str) -> Iterator[tuple[str, str]]:
        """Each command line with the command that it runs; captions that quote one count."""
        commands = "|".join(self.cli.commands)
        yield from re.findall(rf"{self.app} ({commands})\b([^`\n]*)", text)
        for script, command in self.scripts.items():
            for rest in re.findall(rf"{script}\b([^`\n]*)", text):
                yield command, rest

    def _section(self, command: str) -> str:
        found = re.search(rf"^## {command}$(.*?)(?=^## |\Z)", self.text, re.MULTILINE | re.DOTALL)
        return found[1] if found else ""

    @staticmethod
    def _rows(text: str) -> dict[str, str]:
        """The tables of options: name -> default; of several, the first."""
        rows: dict[str, str] = {}
        for names, default in _ROW.findall(text):
            for option in _OPTION.findall(names):
                rows.setdefault(option, default.strip("` "))
        return rows


def _shown_default(option: click.Option) -> str | None:
    """A default as a table gives it; None where there is none to give."""
    if option.is_flag:
        return "on" if option.default is True else "off"
    if (
        option.required
        or option.default in {None, ""}
        or not isinstance(option.default, str | int | float | Path)
    ):
        return None
    if isinstance(option.default, float) and option.default.is_integer():
        return str(int(option.default))
    return str(option.default)


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            package = node.module.partition(".")[0]
            if package.startswith("rlviz_") or package.endswith(("_gradcam", "_analyzer", "_generator")):
                yield from ((node.module, one.name) for one in node.names)
