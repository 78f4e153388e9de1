"""The documents and the command line name the same options."""

from app_documents import AppDocuments
from document_facts import DocumentFacts
from nn_video_generator.cli import cli

APP = AppDocuments(
    app="nn-video-generator", cli=cli, scripts={"post_training_video_generator.py": "generate"}
)


class TestDocuments(DocumentFacts):
    APP = APP
