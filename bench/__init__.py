"""The figures: `python -m bench` measures them and writes RESULTS.md. Never part of the tests."""
