"""Commands: daily work with the warehouse, one module for what is done together.

What belongs here: options, words and exit codes. What does not: the work itself. Modules that take
long to import are imported by the command that needs them. `orchestration.cli` joins them.

Exit codes: 0 done, or nothing to do; 1 it could not be done; 2 a delivery was refused or held
back, and the rest went on (for `check`: 1 accepted with warnings, 2 refused).
"""
