//! The tables whose rows belong to reports, and what of a report's own row is compared with its evidence.

/// `(table, rows of the reports in a range, rows beyond every range)`; the report's number comes first.
pub(super) const TABLES: [(&str, &str, &str); 18] = [
    (
        "evidence",
        "SELECT report, idx, event FROM evidence WHERE report > $1 AND report <= $2 ORDER BY report, idx",
        "SELECT report, idx FROM evidence WHERE report > $1 OR report <= $2 LIMIT 1000",
    ),
    (
        "report",
        "SELECT no, received_at, quarter, channel, language, anonymous, suspect, label, category_reported, category, \
         subtype, severity, state, assignee, outcome, affected, region, age_band, sector, loss, loss_minor, title, \
         version, wants_help, held_until, bare, reachable, answered_at, counts, secret, losses, consents FROM report WHERE no > $1 AND no <= $2 ORDER BY no",
        "SELECT no FROM report WHERE no > $1 OR no <= $2 LIMIT 1000",
    ),
    (
        "report_body",
        "SELECT no, salt, body FROM report_body WHERE no > $1 AND no <= $2 ORDER BY no",
        "SELECT no FROM report_body WHERE no > $1 OR no <= $2 LIMIT 1000",
    ),
    (
        "report_contact",
        "SELECT no, salt, contact FROM report_contact WHERE no > $1 AND no <= $2 ORDER BY no",
        "SELECT no FROM report_contact WHERE no > $1 OR no <= $2 LIMIT 1000",
    ),
    (
        "report_loss",
        "SELECT no, n, kind, minor, currency, base_minor, certainty, recovered_minor FROM report_loss \
         WHERE no > $1 AND no <= $2 ORDER BY no, n",
        "SELECT no, n FROM report_loss WHERE no > $1 OR no <= $2 LIMIT 1000",
    ),
    (
        "report_consent",
        "SELECT no, agency, given, at FROM report_consent WHERE no > $1 AND no <= $2 ORDER BY no",
        "SELECT no, agency FROM report_consent WHERE no > $1 OR no <= $2 LIMIT 1000",
    ),
    (
        "report_file",
        "SELECT no, sha256, size, media_type, name, at FROM report_file WHERE no > $1 AND no <= $2 ORDER BY no",
        "SELECT no, sha256 FROM report_file WHERE no > $1 OR no <= $2 LIMIT 1000",
    ),
    (
        "message",
        "SELECT no, n, author, at, waits, salt, text FROM message WHERE no > $1 AND no <= $2 ORDER BY no, n",
        "SELECT no, n FROM message WHERE no > $1 OR no <= $2 LIMIT 1000",
    ),
    (
        "report_closed",
        "SELECT no, at FROM report_closed WHERE no > $1 AND no <= $2 ORDER BY no",
        "SELECT no FROM report_closed WHERE no > $1 OR no <= $2 LIMIT 1000",
    ),
    (
        "report_reason",
        "SELECT no, version, salt, reason FROM report_reason WHERE no > $1 AND no <= $2 ORDER BY no, version",
        "SELECT no, version FROM report_reason WHERE no > $1 OR no <= $2 LIMIT 1000",
    ),
    (
        "report_erased",
        "SELECT no, version, at, part, rule, rules, doer FROM report_erased WHERE no > $1 AND no <= $2 ORDER BY no, version",
        "SELECT no, version FROM report_erased WHERE no > $1 OR no <= $2 LIMIT 1000",
    ),
    (
        "referral",
        "SELECT no, n, agency, basis, channel, state, prepared_at, sent_at, due, outcome, tell FROM referral \
         WHERE no > $1 AND no <= $2 ORDER BY no, n",
        "SELECT no, n FROM referral WHERE no > $1 OR no <= $2 LIMIT 1000",
    ),
    (
        "referral_text",
        "SELECT no, version, salt, text FROM referral_text WHERE no > $1 AND no <= $2 ORDER BY no, version",
        "SELECT no, version FROM referral_text WHERE no > $1 OR no <= $2 LIMIT 1000",
    ),
    (
        "rule_hit",
        "SELECT no, rule, version, at, asks FROM rule_hit WHERE no > $1 AND no <= $2 ORDER BY no, rule",
        "SELECT no, rule FROM rule_hit WHERE no > $1 OR no <= $2 LIMIT 1000",
    ),
    (
        "report_mail",
        "SELECT no, n, sort, message, at, sha256, salt, head, text_salt, text FROM report_mail \
         WHERE no > $1 AND no <= $2 ORDER BY no, n",
        "SELECT no, n FROM report_mail WHERE no > $1 OR no <= $2 LIMIT 1000",
    ),
    (
        "report_key",
        "SELECT no, n, source, at, doer, confirmed_at, confirmed_by, dropped_at, dropped_by, salt, record FROM report_key \
         WHERE no > $1 AND no <= $2 ORDER BY no, n",
        "SELECT no, n FROM report_key WHERE no > $1 OR no <= $2 LIMIT 1000",
    ),
    (
        "report_old",
        "SELECT no, n, happened, at, sort, salt, head, text_salt, text FROM report_old \
         WHERE no > $1 AND no <= $2 ORDER BY no, n",
        "SELECT no, n FROM report_old WHERE no > $1 OR no <= $2 LIMIT 1000",
    ),
    (
        "old_ref",
        "SELECT no, source, number FROM old_ref WHERE no > $1 AND no <= $2 ORDER BY no, source, number",
        "SELECT no, number FROM old_ref WHERE no > $1 OR no <= $2 LIMIT 1000",
    ),
];

/// Names of the columns of `report` in the order of the query above.
pub(super) const COLUMNS: [&str; 28] = [
    "received_at",
    "quarter",
    "channel",
    "language",
    "anonymous",
    "suspect",
    "label",
    "category_reported",
    "category",
    "subtype",
    "severity",
    "state",
    "assignee",
    "outcome",
    "affected",
    "region",
    "age_band",
    "sector",
    "loss",
    "loss_minor",
    "title",
    "version",
    "wants_help",
    "held_until",
    "bare",
    "reachable",
    "answered_at",
    "counts",
];

/// Places of columns that are compared by themselves, in the rows of `report`.
pub(super) const SECRET: usize = COLUMNS.len() + 1;
pub(super) const LOSSES: usize = SECRET + 1;
pub(super) const CONSENTS: usize = LOSSES + 1;
