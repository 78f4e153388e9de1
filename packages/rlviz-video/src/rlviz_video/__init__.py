"""Frame sources and sinks, timelines, manifests and progress: videos that survive a crash."""

from rlviz_video.chapters import Chapter
from rlviz_video.gallery import (
    ENTRIES,
    GalleryEntry,
    collect_entries,
    write_entries,
    write_entry_page,
    write_gallery,
    write_page,
    write_poster,
)
from rlviz_video.h264_sink import PRESETS, H264Sink
from rlviz_video.interrupts import interrupts_deferred
from rlviz_video.luma import Luma, LumaVideo
from rlviz_video.made import MadeVideo
from rlviz_video.manifest import library_versions, manifest_path, read_manifest, sha256_file, write_manifest
from rlviz_video.moviepy_sink import MoviePySink
from rlviz_video.outputs import check_mp4, check_output, make_folder, part_path, whole_file
from rlviz_video.pipeline import prefetch
from rlviz_video.progress import progress
from rlviz_video.seekable import SeekableVideo
from rlviz_video.sinks import FrameSink, ImageFolderSink, MemorySink
from rlviz_video.sources import (
    PICTURE_SUFFIXES,
    FrameSource,
    ImageFolderSource,
    VideoSource,
    natural_order,
    open_source,
    read_picture,
)
from rlviz_video.spec import Frame, VideoSpec, frame_rate
from rlviz_video.timeline import Cell, Timeline, read_timeline

__all__ = [
    "ENTRIES",
    "PICTURE_SUFFIXES",
    "PRESETS",
    "Cell",
    "Chapter",
    "Frame",
    "FrameSink",
    "FrameSource",
    "GalleryEntry",
    "H264Sink",
    "ImageFolderSink",
    "ImageFolderSource",
    "Luma",
    "LumaVideo",
    "MadeVideo",
    "MemorySink",
    "MoviePySink",
    "SeekableVideo",
    "Timeline",
    "VideoSource",
    "VideoSpec",
    "check_mp4",
    "check_output",
    "collect_entries",
    "frame_rate",
    "interrupts_deferred",
    "library_versions",
    "make_folder",
    "manifest_path",
    "natural_order",
    "open_source",
    "part_path",
    "prefetch",
    "progress",
    "read_manifest",
    "read_picture",
    "read_timeline",
    "sha256_file",
    "whole_file",
    "write_entries",
    "write_entry_page",
    "write_gallery",
    "write_manifest",
    "write_page",
    "write_poster",
]
