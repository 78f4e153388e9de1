"""Frame sources and sinks, timelines, manifests and progress: videos that survive a crash."""
