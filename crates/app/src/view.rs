//! Saved views: a search line under a name, for oneself or for all who read reports.

use cairn_desk::access::{Action, Denied, Visible};
use cairn_desk::account::AccountChange;
use cairn_desk::view::{VIEWS_MAX, View};
use cairn_kernel::actor::Actor;
use cairn_store::keys::Purpose;
use cairn_store::view::Saved;

use crate::App;
use crate::account::Principal;
use crate::report::{AppError, take};

pub use cairn_store::view as rows;

/// Who may change or delete a view: who saved it, and of a shared one the leads.
#[must_use]
pub fn may_change(who: &Principal, saved: &Saved) -> bool {
    saved.account == who.account || (saved.view.shared && who.may(Action::AssignReports))
}

impl App {
    /// The views that somebody sees: their own, then those that others share.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn views(&self, who: &Principal) -> Result<Visible<Vec<Saved>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        Ok(grant.show(self.store.views(grant.account()).await?))
    }

    /// Saves a view; its id. Sharing one is for who works on reports. The same view under the same `key` of a program is one, as long
    /// as it is there.
    ///
    /// # Errors
    /// See [`AppError`]; [`AppError::Input`] when there are [`VIEWS_MAX`] already.
    pub async fn save_view(
        &self,
        who: &Principal,
        view: View,
        key: Option<&str>,
    ) -> Result<String, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        may_share(who, &view)?;
        let account = grant.account();
        let views = self.store.views(account).await?;
        let id = self.view_id(account, &view, key);
        let mut own = views.iter().filter(|one| one.account == account);
        if own.any(|one| one.id == id) {
            return Ok(id);
        }
        let own = views.iter().filter(|one| one.account == account).count();
        if own >= VIEWS_MAX {
            return Err(AppError::Input(format!(
                "you have {VIEWS_MAX} saved views: delete one first"
            )));
        }
        let saved = Saved {
            id,
            account: account.to_owned(),
            view,
        };
        let change = AccountChange::ViewSaved {
            view: saved.id.clone(),
            shared: saved.view.shared,
        };
        let entry = self.account_entry(Actor::User(account.to_owned()), change)?;
        let kept = self.store.save_view(&saved, self.clock.now(), entry).await;
        match kept {
            Ok(()) => Ok(saved.id),
            // The same request came twice in one moment.
            Err(error) => match self.store.view(&saved.id).await? {
                Some(_) => Ok(saved.id),
                None => Err(error.into()),
            },
        }
    }

    /// A random id; under a key one that follows from it, the account and the view, and that nobody without our keys can guess.
    fn view_id(&self, account: &str, view: &View, key: Option<&str>) -> String {
        let Some(key) = key else {
            return uuid::Uuid::new_v4().to_string();
        };
        let flags = [u8::from(view.severe), u8::from(view.shared)];
        let parts: [&[u8]; 6] = [
            b"view",
            account.as_bytes(),
            key.as_bytes(),
            view.name.as_bytes(),
            view.line.as_bytes(),
            &flags,
        ];
        let tag = self.store.keys().tag(Purpose::Call, &parts);
        uuid::Builder::from_random_bytes(take(&tag, 0))
            .into_uuid()
            .to_string()
    }

    /// Gives a view another name or line, shares it, or stops sharing it.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn change_view(&self, who: &Principal, id: &str, view: View) -> Result<(), AppError> {
        let saved = self.changeable(who, id).await?;
        may_share(who, &view)?;
        if saved.view == view {
            return Ok(());
        }
        let change = AccountChange::ViewChanged {
            view: saved.id.clone(),
            shared: view.shared,
        };
        let entry = self.account_entry(Actor::User(who.account.clone()), change)?;
        Ok(self.store.change_view(&saved.id, &view, entry).await?)
    }

    /// Deletes a view for good.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn delete_view(&self, who: &Principal, id: &str) -> Result<(), AppError> {
        let saved = self.changeable(who, id).await?;
        let change = AccountChange::ViewDeleted {
            view: saved.id.clone(),
        };
        let entry = self.account_entry(Actor::User(who.account.clone()), change)?;
        Ok(self.store.delete_view(&saved.id, entry).await?)
    }

    /// A view that somebody may change. One that is somebody else's own looks as if it were not there.
    async fn changeable(&self, who: &Principal, id: &str) -> Result<Saved, AppError> {
        let _reads = who.grant(Action::ReadReports)?;
        let saved = self.store.view(id).await?;
        let saved = saved.filter(|one| one.account == who.account || one.view.shared);
        let saved = saved.ok_or(AppError::NotFound)?;
        if may_change(who, &saved) {
            Ok(saved)
        } else {
            Err(AppError::Denied(Denied))
        }
    }
}

fn may_share(who: &Principal, view: &View) -> Result<(), Denied> {
    if view.shared && !who.may(Action::WorkReports) {
        Err(Denied)
    } else {
        Ok(())
    }
}
