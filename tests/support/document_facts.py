"""Facts that hold for the documents of every app; a test module has them by a class of its own with APP."""

from pathlib import Path
from typing import ClassVar

import pytest
from app_documents import AppDocuments


class DocumentFacts:
    """Tests of one app's page and README; a subclass named `Test...` gives the app."""

    APP: ClassVar[AppDocuments]
    TABLED: ClassVar[tuple[str, ...] | None] = None
    """Commands whose defaults the page gives; None: all."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One test for each document, and one for each command."""
        if "document" in metafunc.fixturenames:
            documents = self.APP.documents
            metafunc.parametrize("document", documents, ids=[f"{p.parent.name}-{p.name}" for p in documents])
        if "command" in metafunc.fixturenames:
            metafunc.parametrize("command", sorted(self.APP.cli.commands))
        if "tabled" in metafunc.fixturenames:
            metafunc.parametrize("tabled", self.TABLED or sorted(self.APP.cli.commands))

    def test_command_lines_use_options_that_the_command_has(self, document: Path):
        unknown = self.APP.unknown_in_command_lines(document)
        assert unknown == [], unknown

    def test_the_page_names_no_option_that_does_not_exist(self):
        unknown = self.APP.unknown_on_page()
        assert unknown == set(), unknown

    def test_the_page_names_every_option(self, command: str):
        unnamed = self.APP.unnamed_on_page(command)
        assert unnamed == set(), unnamed

    def test_the_page_gives_every_default(self, tabled: str):
        wrong = self.APP.wrong_defaults(tabled)
        assert wrong == {}, wrong

    def test_a_commands_tables_have_its_own_options_alone(self, command: str):
        misplaced = self.APP.misplaced_rows(command)
        assert misplaced == set(), misplaced

    def test_the_page_lists_every_choice(self, command: str):
        unlisted = self.APP.unlisted_choices(command)
        assert unlisted == set(), unlisted

    def test_the_examples_import_what_there_is(self):
        unknown = self.APP.unknown_imports()
        assert unknown == [], unknown

    def test_every_command_has_a_section_and_a_row_in_the_apps_readme(self, command: str):
        readme = self.APP.documents[-1].read_text(encoding="utf-8")
        assert f"\n## {command}\n" in self.APP.text
        assert f"| `{command}` |" in readme
