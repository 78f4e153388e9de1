"""What a simulation wrote down: finding it in a folder or archive, reading every schema, laps and actions."""
