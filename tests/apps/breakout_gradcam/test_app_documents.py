"""The documents and the command line name the same options."""

from app_documents import AppDocuments
from breakout_gradcam.cli import cli
from document_facts import DocumentFacts

APP = AppDocuments(
    app="breakout-gradcam",
    cli=cli,
    scripts={"record_video_with_gradcam.py": "record", "test_gradcam_reproducibility.py": "verify"},
    scripts_own=frozenset({"--create-minimal"}),
)


class TestDocuments(DocumentFacts):
    APP = APP
    TABLED = ("record",)
