//! Serves every component in both languages, to be looked at.

fn main() {}
