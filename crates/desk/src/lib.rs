//! Decisions on what people tell us: the form, the report, accounts, clocks, figures, policy. Pure: `now` and new
//! identifiers are arguments, nothing is read or written here.

pub mod access;
pub mod account;
pub mod advice;
pub mod agency;
pub mod agency_key;
pub mod bulk;
pub mod canned;
pub mod cases;
pub mod challenge;
pub mod clock;
pub mod cluster;
pub mod constituent;
pub mod conversation;
mod data;
pub mod figures;
pub mod files;
pub mod form;
pub mod help;
pub mod import;
pub mod lmtp;
pub mod mail;
pub mod notify;
pub mod observable;
pub mod rates;
pub mod redact;
pub mod referral;
pub mod report;
pub mod rules;
pub mod search;
pub mod shift;
pub mod signin;
pub mod taxonomy;
pub mod track;
pub mod view;
