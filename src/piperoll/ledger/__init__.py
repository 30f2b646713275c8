"""What was told: figures published, answered or imported before, and what may still be told beside them.

The journal keeps the entries; this room reads published tables into them, holds them against what was recorded, finds
the cells that hang together with theirs, and refuses an answer that would complete them.
"""
