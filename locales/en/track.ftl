# The Track door: national strategies and how far they have come. The pages of a plan have texts of their own.

track-title = Strategies and their progress
track-lead = Each plan is kept as files. Every figure links to where it comes from, every status is computed, and anyone can compute the whole report again.
track-none = No plan is shown here at the moment.
track-covered =
    { $never ->
        [0] { $measured } of { $all } measures have a recent figure.
        [one] { $measured } of { $all } measures have a recent figure; one has never had any.
       *[other] { $measured } of { $all } measures have a recent figure; { $never } have never had any.
    }

# The preview of a plan that is being written.
preview-absent = Not in this build: this page is not, or not yet, part of the plan
preview-broken = The plan cannot be built
preview-sound = The plan is sound
preview-warnings = The plan can be built, with warnings
preview-waits = Mend what is named here and save: this page shows the plan again by itself.
preview-last = The last build that was sound
preview-front = To the front page of the plan
