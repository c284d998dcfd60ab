//! Whether this process can do its work.

use std::time::Duration;

use crate::App;

/// How long the database may take to answer before it counts as away.
const DATABASE_TIME_MAX: Duration = Duration::from_secs(2);

/// What reports need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    /// The database answers.
    pub database: bool,
    /// There is room for new reports.
    pub room: bool,
}

impl Health {
    /// Reports can be taken.
    #[must_use]
    pub const fn ready(self) -> bool {
        self.database && self.room
    }
}

impl App {
    /// Asks the database a small thing.
    pub async fn health(&self) -> Health {
        let asked = tokio::time::timeout(DATABASE_TIME_MAX, self.store.newest_checkpoint()).await;
        let tenant = self.store.tenant();
        let database = match asked {
            Ok(Ok(_)) => true,
            Ok(Err(error)) => {
                tracing::warn!(tenant, %error, "the database does not answer");
                false
            }
            Err(_) => {
                tracing::warn!(tenant, "the database takes too long to answer");
                false
            }
        };
        Health {
            database,
            room: !self.store.writer().is_full(),
        }
    }
}
