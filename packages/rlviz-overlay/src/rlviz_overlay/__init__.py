"""Pixels: heat, text, charts, panels and layouts drawn on NumPy frames."""
