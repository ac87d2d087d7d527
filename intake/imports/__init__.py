"""Bringing in what another system recorded: a CSV file, a mapping, and every row accepted or reported.

`mapping` says what the columns mean, `reading` yields records whatever the file is like, `row` turns one into
a concern with its dates, `home` makes the ward, `bringing` stores them through the one door and the verbs.
"""
