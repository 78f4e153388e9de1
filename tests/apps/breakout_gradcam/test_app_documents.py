"""The documents and the command line name the same options."""

import re
from pathlib import Path

import click
import pytest
from breakout_gradcam.cli import cli

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "breakout-gradcam.md"
DOCUMENTS = (
    ROOT / "README.md",
    PAGE,
    ROOT / "docs" / "maps.md",
    ROOT / "apps" / "breakout-gradcam" / "README.md",
)
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")
SCRIPTS = {"record_video_with_gradcam.py": "record", "test_gradcam_reproducibility.py": "verify"}
SCRIPTS_OWN = {"--create-minimal"}


def options_of(command: click.Command) -> set[str]:
    """The names that a command's `--help` lists."""
    return {name for option in command.get_params(click.Context(command)) for name in option.opts}


ALL = set.union(*(options_of(command) for command in cli.commands.values())) | options_of(cli)


def command_lines(text: str) -> list[tuple[str, str]]:
    """Each command line in a document, with the command that it runs; captions that quote one count."""
    lines = re.findall(r"breakout-gradcam (record|verify|calibrate|analyze|demo)\b([^`\n]*)", text)
    for script, command in SCRIPTS.items():
        lines += [(command, rest) for rest in re.findall(rf"{script}\b([^`\n]*)", text)]
    return lines


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_command_lines_use_options_that_the_command_has(document: Path):
    text = document.read_text(encoding="utf-8")
    unknown = [
        (command, option)
        for command, rest in command_lines(text)
        for option in OPTION.findall(rest)
        if option not in options_of(cli.commands[command]) | SCRIPTS_OWN
    ]
    assert unknown == []


def test_the_page_names_no_option_that_does_not_exist():
    spans = re.findall(r"`(-[^`]+)`", PAGE.read_text(encoding="utf-8"))
    named = {option for span in spans for option in OPTION.findall(span)}
    assert named - ALL - SCRIPTS_OWN == set()


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_the_page_names_every_option(name: str):
    spans = re.findall(r"`([^`]+)`", PAGE.read_text(encoding="utf-8"))
    named = {option for span in spans for option in OPTION.findall(span)}
    assert options_of(cli.commands[name]) - {"-h", "--help"} - named == set()


def test_the_page_gives_the_defaults_of_record():
    rows = re.findall(r"^\| (`-[^|]+) \| ([^|]*) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    given = {option: default.strip("` ") for names, default in rows for option in OPTION.findall(names)}
    expected = {
        option.opts[0]: str(option.default)
        for option in cli.commands["record"].params
        if isinstance(option, click.Option) and isinstance(option.default, str | int) and not option.is_flag
    }
    assert {name: given[name] for name in expected} == expected


def test_the_page_lists_every_choice():
    text = PAGE.read_text(encoding="utf-8")
    choices = {
        str(choice)
        for option in cli.commands["record"].params
        if isinstance(option.type, click.Choice)
        for choice in option.type.choices
    }
    assert {choice for choice in choices if f"`{choice}`" not in text} == set()
