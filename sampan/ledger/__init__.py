"""The node's memory: append only, signed, provable. Knows bytes, kinds and keys; knows no desk."""
