"""The documents and the command line name the same options."""

from pathlib import Path

import pytest
from app_documents import AppDocuments
from breakout_gradcam.cli import cli

APP = AppDocuments(
    app="breakout-gradcam",
    cli=cli,
    scripts={"record_video_with_gradcam.py": "record", "test_gradcam_reproducibility.py": "verify"},
    scripts_own=frozenset({"--create-minimal"}),
)


@pytest.mark.parametrize("document", APP.documents, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_command_lines_use_options_that_the_command_has(document: Path):
    assert APP.unknown_in_command_lines(document) == []


def test_the_page_names_no_option_that_does_not_exist():
    assert APP.unknown_on_page() == set()


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_the_page_names_every_option(name: str):
    assert APP.unnamed_on_page(name) == set()


def test_the_page_gives_the_defaults_of_record():
    assert APP.wrong_defaults("record") == {}


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_a_commands_tables_have_its_own_options_alone(name: str):
    assert APP.misplaced_rows(name) == set()


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_the_page_lists_every_choice(name: str):
    assert APP.unlisted_choices(name) == set()


def test_the_examples_import_what_there_is():
    assert APP.unknown_imports() == []
