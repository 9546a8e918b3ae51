"""The command line: results to stdout, conversation to stderr."""
