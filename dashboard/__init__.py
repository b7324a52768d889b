"""The dashboard: one state in the address, views that select, draw and tell it."""
