"""The network, opened: which layers there are, what each unit does at a step, what feeds what."""
