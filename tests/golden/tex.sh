#!/usr/bin/env bash
# How TeX is set in real titles and abstracts: see tests/suites/tex_texts.py, which prints a table.
exec "$(dirname "$0")/../suites/tex_texts.py"
