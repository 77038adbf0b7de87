"""The bundled stand-in for MRPC: mrpc/ in the Hub's layout, its readable source, and build.py, which makes one of the other."""
