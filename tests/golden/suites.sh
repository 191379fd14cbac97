#!/usr/bin/env bash
# Other readers' test suites, held against our formats: see tests/suites/run, which prints what differs.
exec "$(dirname "$0")/../suites/run" --tap
