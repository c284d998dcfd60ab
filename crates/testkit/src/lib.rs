//! What tests of several crates share: temporary stores on both databases ([`TestStore`], [`on_both!`]), people who are
//! signed in ([`account()`]) and sample reports ([`sample`], and [`campaigns`] for a day's worth that belong together or
//! do not). Development only.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up fails, and says why"
)]

mod account;
mod app;
pub mod campaigns;
mod dice;
pub mod gpg;
mod look;
pub mod openssl;
mod port;
pub mod sample;
mod store;

pub use account::account;
pub use app::{START, TestApp};
pub use port::free_address;
pub use store::{POSTGRES_VARIABLE, TO_SCHEMA_29, TestStore, postgres_url, run};

/// Stamps one test body onto both databases. The test gets a fresh [`TestStore`]; on PostgreSQL it is skipped, with
/// a word why, where no server is named.
///
/// ```text
/// cairn_testkit::on_both! {
///     async fn it_is_empty(t: &mut TestStore) {
///         assert!(t.newest_checkpoint().await.unwrap().is_none());
///     }
/// }
/// ```
#[macro_export]
macro_rules! on_both {
    ($($(#[$attr:meta])* async fn $name:ident($t:ident: &mut TestStore) $body:block)+) => { $(
        $(#[$attr])*
        mod $name {
            use super::*;

            async fn body($t: &mut $crate::TestStore) $body

            #[test]
            fn sqlite() {
                $crate::run(async {
                    let mut store = $crate::TestStore::sqlite().await;
                    body(&mut store).await;
                    store.finish().await;
                });
            }

            #[test]
            fn postgres() {
                $crate::run(async {
                    let Some(mut store) = $crate::TestStore::postgres().await else { return };
                    body(&mut store).await;
                    store.finish().await;
                });
            }
        }
    )+ };
}
