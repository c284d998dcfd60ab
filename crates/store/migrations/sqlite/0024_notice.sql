-- Notices to the owners of machines: what was judged of observations, what was told, what came of it. The book of rules is rule 0.

-- One row: up to which segment of machine reports, and which row of it, all was judged; day and count of the newest number.
CREATE TABLE notice_mark (id BIGINT PRIMARY KEY NOT NULL, segment BIGINT NOT NULL, place BIGINT NOT NULL, day BIGINT NOT NULL,
    seq BIGINT NOT NULL) WITHOUT ROWID;

-- What was judged of an observation that has an owner. key, feed: as machine reports have them; n: grows when one that was gone comes
-- back. tell: how it is told, JSON; empty if it is not. rule, version: of the book, 0 if none fits. why: as it stands. line: what is
-- told, JSON. notice: the newest that has it; told_at: first; again_at: not told again before. answer: the owner's last.
CREATE TABLE directive (key BLOB NOT NULL, feed BIGINT NOT NULL, n BIGINT NOT NULL, owner BIGINT NOT NULL, class TEXT NOT NULL,
    tell TEXT NOT NULL, rule BIGINT NOT NULL, version BIGINT NOT NULL, why TEXT NOT NULL, at BIGINT NOT NULL, line TEXT NOT NULL,
    notice BIGINT, told_at BIGINT, again_at BIGINT, gone_at BIGINT, answer TEXT, PRIMARY KEY (key, feed, n)) WITHOUT ROWID;
CREATE INDEX directive_due ON directive (owner, tell) WHERE why = 'due';
CREATE INDEX directive_told ON directive (owner, tell, again_at) WHERE why = 'told';
CREATE INDEX directive_gone ON directive (told_at) WHERE told_at IS NOT NULL;
CREATE INDEX directive_notice ON directive (notice) WHERE notice IS NOT NULL;

-- What goes together, and why it waits. last_at: when the owner was last told so.
CREATE TABLE notice_group (owner BIGINT NOT NULL, tell TEXT NOT NULL, why TEXT NOT NULL, at BIGINT NOT NULL, last_at BIGINT,
    PRIMARY KEY (owner, tell)) WITHOUT ROWID;

-- A notice; all but salt and content follows from its events. approved: accounts, JSON. content: what it says, JSON; the log has the
-- digest of salt and content.
CREATE TABLE notice (no INTEGER PRIMARY KEY NOT NULL, number TEXT NOT NULL, owner BIGINT NOT NULL, contact BIGINT NOT NULL,
    class TEXT NOT NULL, at BIGINT NOT NULL, state TEXT NOT NULL, needs BIGINT NOT NULL, approved TEXT NOT NULL, sent_at BIGINT,
    sealing TEXT, lines BIGINT NOT NULL, gone BIGINT NOT NULL, answers BIGINT NOT NULL, steps BIGINT NOT NULL, salt BLOB NOT NULL,
    content TEXT NOT NULL);
CREATE UNIQUE INDEX notice_number ON notice (number);
CREATE INDEX notice_state ON notice (state, no);
CREATE INDEX notice_owner ON notice (owner, no);
CREATE INDEX notice_at ON notice (at);

-- What happened to it, as the log has it.
CREATE TABLE notice_step (no BIGINT NOT NULL, n BIGINT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (no, n)) WITHOUT ROWID;
-- Its rows, counted from 0.
CREATE TABLE notice_row (notice BIGINT NOT NULL, place BIGINT NOT NULL, key BLOB NOT NULL, feed BIGINT NOT NULL, n BIGINT NOT NULL,
    PRIMARY KEY (notice, place)) WITHOUT ROWID;
-- What the owner said, JSON; the log has the digest of salt and this.
CREATE TABLE notice_answer (notice BIGINT NOT NULL, n BIGINT NOT NULL, at BIGINT NOT NULL, salt BLOB NOT NULL, said TEXT NOT NULL,
    PRIMARY KEY (notice, n)) WITHOUT ROWID;
-- Message-ID of the mail that took it, to know it by if it comes back.
CREATE TABLE notice_mail (id TEXT PRIMARY KEY NOT NULL, notice BIGINT NOT NULL, at BIGINT NOT NULL);
-- Of each report: so many observations were judged so.
CREATE TABLE notice_tally (report BIGINT NOT NULL, why TEXT NOT NULL, observations BIGINT NOT NULL, PRIMARY KEY (report, why)) WITHOUT ROWID;
