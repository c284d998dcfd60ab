# The page of the evidence log.

evidence-title = Evidence log
evidence-lead = Every report and every change to one is entered in a log that can only grow. Anyone can check that nothing in it was changed or taken out.
evidence-newest = Newest checkpoint
evidence-log = Log
evidence-size = Entries
evidence-root = Root hash
evidence-checkpoint = The checkpoint as a file
evidence-empty = Nothing has been entered yet.
evidence-keys = Keys
evidence-keys-text = Checkpoints are signed with these keys:
evidence-verify = How to check
evidence-verify-receipt = A receipt is checked on your own computer, without asking us:
evidence-verify-log = The whole log is served as tiles under /tile/, in the format of C2SP tlog-tiles, so that existing monitors and witnesses can follow it. Entries are salted hashes: they tell nothing about anyone.
evidence-proves = What it proves
evidence-proves-there = A report with a receipt is in the log, and was received before the checkpoint was signed.
evidence-proves-unchanged = Nothing before a checkpoint can be changed or taken out afterwards without everyone who kept one noticing.
evidence-proves-not = It does not prove that what a report says is true.
