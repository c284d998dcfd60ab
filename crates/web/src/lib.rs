//! All HTTP in: the server, the house around every route, the look of the pages and their texts. Knows no SQL.
//!
//! A page is a handler that takes a [`page::Page`] and returns markup or a [`problem::Problem`]. Routers of pages are merged
//! and given to [`house::finish`], and the result to [`server::Server`].

pub mod api;
pub mod assets;
pub mod challenge;
pub mod chart;
mod claim;
pub mod components;
pub mod cookie;
pub mod csrf;
pub mod desk;
pub mod doors;
pub mod evidence;
pub mod figures;
pub mod form;
pub mod health;
pub mod house;
pub mod i18n;
pub mod intake;
pub mod layout;
mod multipart;
mod notice;
pub mod openpgp;
pub mod page;
pub mod pages;
pub mod preview;
pub mod problem;
pub mod report;
pub mod router;
pub mod server;
pub mod site;
pub mod track;

pub use house::finish;
pub use i18n::{Lang, t};
pub use page::{Page, Section};
pub use problem::{Problem, Result};
pub use router::router;
pub use site::Site;
