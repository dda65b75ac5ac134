"""Invoices: what they are, how they stand, and what a sync of them covers."""

NEW = "new"
"""Option of a run: what is new since the last one, and nothing that is due daily."""
UNPAID = "unpaid"
"""Option of a run: every unpaid invoice is held against Autotask's, whatever is due."""
