# Clusters: reports that look alike, and one decision for all of them.

cluster-title = Clusters
cluster-lead = Reports that share a link, a number or nearly the same words come together here by themselves. What you decide for a cluster is done to all its reports that are not closed, and to those that join later.
cluster-none = There are no such clusters.
cluster-show = Which
cluster-show-open = With open reports, two or more
cluster-show-single = With open reports, single ones too
cluster-show-all = All, closed ones too
cluster-one = Cluster
cluster-number = Cluster { $no }
cluster-count = Reports
cluster-size =
    { $count ->
        [one] one report
       *[other] { $count } reports
    }
cluster-shared = What they share
cluster-why = Why
cluster-of = { $some } of { $all }
cluster-lost-unknown =
    { $count ->
        [one] and one loss of unknown amount
       *[other] and { $count } losses of unknown amount
    }
cluster-open =
    { $count ->
        [one] 1 open
       *[other] { $count } open
    }
cluster-decided = Decided
cluster-held =
    { $count ->
        [one] 1 held back
       *[other] { $count } held back
    }
cluster-held-one = Held back
cluster-held-note = These are worse than every report that the decision was taken for, so nothing was done to them. Read them first; then take the decision for them too, or split them off.
cluster-held-take =
    { $count ->
        [one] Take the decision for this report too
       *[other] Take the decision for these { $count } reports too
    }
cluster-suspect =
    { $count ->
        [one] 1 likely from a machine
       *[other] { $count } likely from machines
    }
cluster-between = First and last
cluster-linked = Linked to it
cluster-reports = Reports of this cluster
cluster-choose = Choose { $reference }
cluster-first = It began the cluster
cluster-decision = Decision
cluster-joins = Joined by themselves: { $count }
cluster-more = { $count } more
cluster-progress = Done to { $done }, still to do to { $open }.
cluster-reply-sent = a reply to each reporter
cluster-decide =
    { $count ->
        [one] Decide for 1 open report
       *[other] Decide for { $count } open reports
    }
cluster-reach = Of { $open } open reports, { $reached } have a reporter who can read a reply on the status page; { $told } left contact details.
cluster-grace = It is done after 30 seconds. Until then, and before anything has left the house, you can undo it below.
cluster-category-keep = Leave as it is
cluster-reply = Reply in { $language }
cluster-reply-hint =
    { $count ->
        [one] One report is in this language. Who wrote in a language without a reply gets the other one.
       *[other] { $count } reports are in this language. Who wrote in a language without a reply gets the other one.
    }
cluster-close = Close with outcome
cluster-close-not = Do not close
cluster-link = Link to another cluster
cluster-link-to = Number of the cluster that decides for both
cluster-link-hint = No text is put together, and the link can be undone.
cluster-move-to = Number of the other cluster
cluster-move-hint = Only to move; the decision of that cluster then holds for them.
cluster-split = Split the chosen ones off
cluster-move = Move the chosen ones
cluster-undo = Undo
cluster-refused-nothing = Choose at least one report.
cluster-refused-whole = These are all reports of the cluster. Leave at least one in it.
cluster-refused-same = These are one cluster already.
cluster-refused-cluster = Give the number of a cluster that there is.
cluster-refused-empty = Choose a category, write a reply, or choose an outcome.
cluster-refused-undo = This cannot be undone: it was done to reports already, or was undone before. Decide anew instead.
cluster-refused-later = Something later changed the same. Undo that first.
event-cluster-opened = Looks like no other report
event-cluster-joined = Joined
event-cluster-split = Split off
event-cluster-moved = Moved
event-cluster-merged = Linked
event-cluster-decided = Decided
event-cluster-applied = Decided with
event-cluster-held = Held back from the decision
event-cluster-undone = Undone, action

cluster-mail-title = Mail that waits for a second officer
cluster-mail-asked =
    { $count ->
        [one] 1 mail about the reply waits for a second officer
       *[other] { $count } mails about the reply wait for a second officer
    }
cluster-mail-note = The decision is done, and the reply stands on the status pages. Mail to more than { $most } reporters leaves only when somebody else has agreed.
cluster-mail-by = Decided by
cluster-mail-agree = Agree: send the mails
cluster-mail-decline = Decline: send no mail
cluster-mail-declined = No mail about the reply leaves. Declined by
cluster-mail-going =
    { $count ->
        [one] 1 mail about the reply is about to leave. Agreed to by
       *[other] { $count } mails about the reply are about to leave. Agreed to by
    }
cluster-mail-sent = The mails about the reply were sent. Agreed to by
cluster-mail-stage-asked = waits for a second officer
cluster-mail-stage-agreed = agreed to
cluster-mail-stage-declined = declined
event-cluster-mail = Mail about a reply to many
