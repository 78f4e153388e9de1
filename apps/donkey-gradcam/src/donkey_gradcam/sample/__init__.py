"""The sample: a track that is drawn, a drive on it, and a small pilot trained on others like it."""
