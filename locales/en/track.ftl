# The Track door: national strategies and how far they have come. The pages of a plan have texts of their own.

track-title = Strategies and their progress
track-lead = Each plan is kept as files. Every figure links to where it comes from, every status is computed, and anyone can compute the whole report again.
track-none = No plan is shown here at the moment.
track-covered = { $measured } of { $all } measures have a recent figure; { $never } have never had one.
