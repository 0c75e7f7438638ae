"""Speed and memory of the product, each as a ratio to something plain: `python -m bench`.

Each run has a private server of its own, durable, made by the product's own commands. A bench runs
the product and its denominator in turns, in one run on one machine, so that the ratio means
something where the seconds do not. What a figure is compared with stands in one sentence beside it.
"""
