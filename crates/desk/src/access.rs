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
    /// Erase a reporter's contact details.
    EraseContacts,
    /// Take reports out in bulk.
    ExportReports,
    /// Read the audit trail.
    ReadAudit,
    /// See the queue of challenges of figures, and read those that are not public yet.
    ReadChallenges,
    /// Release or withhold a challenger's words, answer, correct an answer.
    AnswerChallenges,
    /// Make, change and close accounts and API keys.
    ManageAccounts,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 9] = [
        Self::ReadReports,
        Self::WorkReports,
        Self::AssignReports,
        Self::EraseContacts,
        Self::ExportReports,
        Self::ReadAudit,
        Self::ReadChallenges,
        Self::AnswerChallenges,
        Self::ManageAccounts,
    ];
}

/// The policy. What is not expressly allowed is refused.
#[must_use]
pub const fn may(role: Role, action: Action) -> bool {
    match role {
        Role::Officer => matches!(action, Action::ReadReports | Action::WorkReports),
        Role::Lead => matches!(
            action,
            Action::ReadReports
                | Action::WorkReports
                | Action::AssignReports
                | Action::EraseContacts
                | Action::ExportReports
                | Action::ReadChallenges
                | Action::AnswerChallenges
        ),
        Role::Administrator => matches!(action, Action::ManageAccounts | Action::ReadAudit),
        Role::Auditor => matches!(
            action,
            Action::ReadReports | Action::ReadAudit | Action::ReadChallenges
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
        let table = |action| Role::ALL.map(|role| may(role, action));
        // officer, lead, administrator, auditor
        assert_eq!(table(Action::ReadReports), [true, true, false, true]);
        assert_eq!(table(Action::WorkReports), [true, true, false, false]);
        assert_eq!(table(Action::AssignReports), [false, true, false, false]);
        assert_eq!(table(Action::EraseContacts), [false, true, false, false]);
        assert_eq!(table(Action::ExportReports), [false, true, false, false]);
        assert_eq!(table(Action::ReadAudit), [false, false, true, true]);
        assert_eq!(table(Action::ReadChallenges), [false, true, false, true]);
        assert_eq!(table(Action::AnswerChallenges), [false, true, false, false]);
        assert_eq!(table(Action::ManageAccounts), [false, false, true, false]);
    }
}
