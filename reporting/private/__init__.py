"""Tables for the public: counts with noise that no single person can be read from.

One way through, in the order of the modules: `workload` declares attributes, code lists and tables
and counts; `budget` says what may be spent; `noise` draws; `consistent` makes all tables agree;
`nonnegative` takes away counts below zero without breaking that; `margins` says how far off a count
may be; `tables` puts it together. After `noise` nothing looks at the records again, so nothing
after it costs privacy (post-processing).
"""
