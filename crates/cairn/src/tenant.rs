//! `cairn tenant`: who shares this installation.

use crate::open;
use crate::settings::Settings;

/// `cairn tenant list`.
pub fn list(settings: &Settings) {
    if settings.tenants.is_empty() {
        println!("there are no tenants; docs/operators.md says how to make one");
        return;
    }
    println!("{:<20} {:<28} {:<36} data", "tenant", "title", "address");
    for one in &settings.tenants {
        let state = if open::is_made(one) {
            ""
        } else {
            "  (not made yet; `cairn serve` or `cairn migrate` makes it)"
        };
        println!(
            "{:<20} {:<28} {:<36} {}{state}",
            one.door.name,
            one.door.title,
            one.site.public_url,
            one.data.display()
        );
    }
}
