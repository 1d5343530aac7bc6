"""Synthetic voices."""

HELD_OUT_VOICES = ("af_bella", "am_puck", "bf_emma", "bm_lewis", "ef_dora", "zm_yunxi")
"""Voices that are never trained on, nor any blend with a share of them"""
