"""How fast whorl's loop is, beside its peers: one file per question, one runner.

``python -m benchmarks`` asks the questions (``--list`` names them), ``python -m benchmarks.report`` renders what was
measured. From a question to a figure:

- ``row.py``: a row, what every question file offers in ``ROWS``; ``questions.py`` lists the files
- ``peers.py``, ``loops.py``: who is measured, and how each makes its loop
- ``child.py``, ``operation.py``: one measurement in a process of its own
- ``machine.py``: cores, CPU clocks, versions
- ``rounds.py``: peers in turn, round by round; ``figures.py``: median, spread, ratio, tie
- ``results.py``: the results file; ``bars.py``: what whorl has promised to reach
- ``table.py``, ``plot.py``, ``report.py``: Markdown, picture, README
"""
