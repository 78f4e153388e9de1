"""A network's filters, what each one prefers, and what it sees."""
