"""A report as a file: an HTML page, or a PDF."""

from pathlib import Path

from rlviz_video import check_output, whole_file

from network_analyzer.report.filter_report import FilterReport
from network_analyzer.report.html import html_page
from network_analyzer.report.pdf import write_sheets


def write_html(report: FilterReport, path: str | Path, *, force: bool = False) -> Path:
    """Write a report as one self-contained HTML page.

    Args:
        report: The report.
        path: The page.
        force: Whether a file that exists may be replaced.

    Returns:
        The page.

    Raises:
        OSError: It exists and `force` is not given, or cannot be written.
    """
    page = check_output(path, force=force)
    with whole_file(page) as part:
        part.write_text(html_page(report), encoding="utf-8")
    return page


def write_pdf(report: FilterReport, path: str | Path, *, force: bool = False) -> Path:
    """Write a report as a PDF of A4 sheets, several rows on each.

    Args:
        report: The report.
        path: The document.
        force: Whether a file that exists may be replaced.

    Returns:
        The document.

    Raises:
        OSError: It exists and `force` is not given, or cannot be written.
    """
    document = check_output(path, force=force)
    with whole_file(document) as part:
        write_sheets(report, part)
    return document
