"""Tables and figures of whole runs: laps, map, actions, comparison."""
