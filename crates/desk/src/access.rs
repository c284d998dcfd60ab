//! Who may do what: one table, read by every door.

use cairn_kernel::actor::Role;

/// What an account may want to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// See the queue, read reports, search.
    ReadReports,
    /// Categorise, set severity, write to the reporter, close, take files, assign to oneself.
    WorkReports,
    /// Assign reports to others.
    AssignReports,
    /// Switch rules of the desk on, and take back what they did. Whoever works on reports writes them and switches them off.
    ManageRules,
    /// Erase a reporter's contact details.
    EraseContacts,
    /// Hand a report to an agency for a reason in law, without the reporter's consent.
    ReferByLaw,
    /// Place and lift legal holds.
    HoldReports,
    /// Take reports out in bulk.
    ExportReports,
    /// Import constituents, take one away, take all out. Whoever reads reports sees them, and whoever works on reports changes them.
    ManageConstituents,
    /// See where machine reports come from, and what became of each.
    ReadFeeds,
    /// Make, change and take away sources of machine reports.
    ManageFeeds,
    /// Bring OpenPGP keys of partner agencies, say that they were compared, and take them out of use.
    ManageAgencies,
    /// Read the audit trail, and the register of what was erased.
    ReadAudit,
    /// See what changed rules of retention would erase, and put them into force.
    ManageRetention,
    /// See the queue of challenges of figures, and read those that are not public yet.
    ReadChallenges,
    /// Release or withhold a challenger's words, answer, correct an answer.
    AnswerChallenges,
    /// Make, change and close accounts and API keys.
    ManageAccounts,
    /// See the strategies' agenda. Who may not [`Action::ReviewPlans`] sees what concerns its own organisations.
    ReadPlans,
    /// See all returns, and the working copy before it is published.
    ReviewPlans,
    /// File returns for the organisations that one has a seat of.
    FileReturns,
    /// Accept returns or send them back.
    CheckReturns,
    /// Sign a working copy off.
    SignOffPlans,
    /// Freeze what was signed off, and publish it.
    PublishPlans,
    /// Write dissent.
    Dissent,
    /// Say who files for which organisation.
    ManageSeats,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 25] = [
        Self::ReadReports,
        Self::WorkReports,
        Self::AssignReports,
        Self::ManageRules,
        Self::EraseContacts,
        Self::ReferByLaw,
        Self::HoldReports,
        Self::ExportReports,
        Self::ManageConstituents,
        Self::ReadFeeds,
        Self::ManageFeeds,
        Self::ManageAgencies,
        Self::ReadAudit,
        Self::ManageRetention,
        Self::ReadChallenges,
        Self::AnswerChallenges,
        Self::ManageAccounts,
        Self::ReadPlans,
        Self::ReviewPlans,
        Self::FileReturns,
        Self::CheckReturns,
        Self::SignOffPlans,
        Self::PublishPlans,
        Self::Dissent,
        Self::ManageSeats,
    ];
}

/// The policy. What is not expressly allowed is refused.
#[must_use]
pub const fn may(role: Role, action: Action) -> bool {
    match role {
        Role::Officer => matches!(
            action,
            Action::ReadReports | Action::WorkReports | Action::ReadFeeds
        ),
        Role::Lead => matches!(
            action,
            Action::ReadReports
                | Action::WorkReports
                | Action::AssignReports
                | Action::ManageRules
                | Action::EraseContacts
                | Action::ReferByLaw
                | Action::HoldReports
                | Action::ExportReports
                | Action::ManageConstituents
                | Action::ReadFeeds
                | Action::ManageFeeds
                | Action::ManageAgencies
                | Action::ReadChallenges
                | Action::AnswerChallenges
        ),
        Role::Administrator => matches!(
            action,
            Action::ManageAccounts
                | Action::ReadAudit
                | Action::ManageRetention
                | Action::ReadFeeds
                | Action::ManageFeeds
        ),
        Role::Auditor => matches!(
            action,
            Action::ReadReports
                | Action::ReadFeeds
                | Action::ReadAudit
                | Action::ReadChallenges
                | Action::ReadPlans
                | Action::ReviewPlans
        ),
        Role::Owner => matches!(action, Action::ReadPlans | Action::FileReturns),
        Role::Statistician => matches!(
            action,
            Action::ReadPlans
                | Action::ReviewPlans
                | Action::CheckReturns
                | Action::SignOffPlans
                | Action::ReadChallenges
                | Action::AnswerChallenges
        ),
        Role::Publisher => matches!(
            action,
            Action::ReadPlans
                | Action::ReviewPlans
                | Action::SignOffPlans
                | Action::PublishPlans
                | Action::ManageSeats
                | Action::ReadChallenges
                | Action::AnswerChallenges
        ),
        Role::Reviewer => matches!(
            action,
            Action::ReadPlans | Action::ReviewPlans | Action::Dissent
        ),
    }
}

/// Somebody signed in, as the policy sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Account id.
    pub account: String,
    /// Name to show.
    pub name: String,
    /// Role.
    pub role: Role,
}

/// The policy says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this account may not do that")]
pub struct Denied;

/// A record that the policy has let through to one principal. There is no other way to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visible<T>(T);

impl<T> Visible<T> {
    /// The record.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> std::ops::Deref for Visible<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Leave to do one kind of thing, got from the policy only.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Grant {
    account: String,
    action: Action,
}

impl Principal {
    /// Asks the policy.
    ///
    /// # Errors
    /// [`Denied`].
    pub fn grant(&self, action: Action) -> Result<Grant, Denied> {
        if may(self.role, action) {
            Ok(Grant {
                account: self.account.clone(),
                action,
            })
        } else {
            Err(Denied)
        }
    }
}

impl Grant {
    /// Who got it.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// For what.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// Lets a record through.
    pub fn show<T>(&self, record: T) -> Visible<T> {
        Visible(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_what_the_documentation_says() {
        let who = |action| {
            let allowed = Role::ALL.into_iter().filter(|role| may(*role, action));
            allowed.map(Role::as_str).collect::<Vec<_>>().join(" ")
        };
        for (action, roles) in [
            (Action::ReadReports, "officer lead auditor"),
            (Action::WorkReports, "officer lead"),
            (Action::AssignReports, "lead"),
            (Action::ManageRules, "lead"),
            (Action::EraseContacts, "lead"),
            (Action::HoldReports, "lead"),
            (Action::ManageRetention, "administrator"),
            (Action::ReferByLaw, "lead"),
            (Action::ExportReports, "lead"),
            (Action::ManageConstituents, "lead"),
            (Action::ReadFeeds, "officer lead administrator auditor"),
            (Action::ManageFeeds, "lead administrator"),
            (Action::ManageAgencies, "lead"),
            (Action::ReadAudit, "administrator auditor"),
            (
                Action::ReadChallenges,
                "lead auditor statistician publisher",
            ),
            (Action::AnswerChallenges, "lead statistician publisher"),
            (Action::ManageAccounts, "administrator"),
            (
                Action::ReadPlans,
                "auditor owner statistician publisher reviewer",
            ),
            (
                Action::ReviewPlans,
                "auditor statistician publisher reviewer",
            ),
            (Action::FileReturns, "owner"),
            (Action::CheckReturns, "statistician"),
            (Action::SignOffPlans, "statistician publisher"),
            (Action::PublishPlans, "publisher"),
            (Action::Dissent, "reviewer"),
            (Action::ManageSeats, "publisher"),
        ] {
            assert_eq!(who(action), roles, "{action:?}");
        }
    }

    #[test]
    fn strategies_and_reports_are_kept_apart() {
        let plans = [
            Role::Owner,
            Role::Statistician,
            Role::Publisher,
            Role::Reviewer,
        ];
        let reports = [Role::Officer, Role::Lead, Role::Administrator];
        // A challenge is answered by who knows the figure, on either side.
        let shared = [Action::ReadChallenges, Action::AnswerChallenges];
        let apart = Action::ALL.into_iter();
        for action in apart.filter(|action| !shared.contains(action)) {
            let mine = plans.into_iter().any(|role| may(role, action));
            let theirs = reports.into_iter().any(|role| may(role, action));
            assert!(mine != theirs, "{action:?}");
        }
    }
}
