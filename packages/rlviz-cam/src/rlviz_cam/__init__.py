"""A network, opened: layers, activations, gradients and attention maps as NumPy arrays."""
