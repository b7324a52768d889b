"""Colours, classes, traces and frames shared by the maps."""
