//! Answers as people read them.

use serde_json::Value;

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn yes(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or_default()
}

/// A new first password.
///
/// # Errors
/// None; the shape fits the callers.
#[expect(clippy::unnecessary_wraps, reason = "one shape for all printers")]
pub fn first_password(answer: &Value) -> anyhow::Result<()> {
    println!("login           {}", text(answer, "login"));
    println!("first password  {}", text(answer, "first_password"));
    println!(
        "It is shown this once. At the first sign-in it is changed and an authenticator is enrolled."
    );
    Ok(())
}

/// The list of accounts.
///
/// # Errors
/// As [`first_password`].
#[expect(clippy::unnecessary_wraps, reason = "one shape for all printers")]
pub fn users(answer: &Value) -> anyhow::Result<()> {
    println!("{:<20} {:<14} {:<28} state", "login", "role", "name");
    for user in answer.as_array().into_iter().flatten() {
        let state = match (
            yes(user, "disabled"),
            yes(user, "must_change"),
            yes(user, "enrolled"),
        ) {
            (true, ..) => "closed",
            (_, true, _) => "has not signed in yet",
            (.., false) => "no authenticator yet",
            _ => "in use",
        };
        println!(
            "{:<20} {:<14} {:<28} {state}",
            text(user, "login"),
            text(user, "role"),
            text(user, "name")
        );
    }
    Ok(())
}

/// A seat that was given or taken away.
///
/// # Errors
/// As [`first_password`].
#[expect(clippy::unnecessary_wraps, reason = "one shape for all printers")]
pub fn seat(answer: &Value) -> anyhow::Result<()> {
    for key in ["login", "plan", "owner", "mail"] {
        if !text(answer, key).is_empty() {
            println!("{key:<6} {}", text(answer, key));
        }
    }
    Ok(())
}

/// The list of seats.
///
/// # Errors
/// As [`first_password`].
#[expect(clippy::unnecessary_wraps, reason = "one shape for all printers")]
pub fn seats(answer: &Value) -> anyhow::Result<()> {
    println!("{:<20} {:<20} {:<36} reminders", "login", "plan", "owner");
    for seat in answer.as_array().into_iter().flatten() {
        println!(
            "{:<20} {:<20} {:<36} {}",
            text(seat, "login"),
            text(seat, "plan"),
            text(seat, "owner"),
            text(seat, "mail")
        );
    }
    Ok(())
}

/// Numbers by name.
///
/// # Errors
/// As [`first_password`].
#[expect(clippy::unnecessary_wraps, reason = "one shape for all printers")]
pub fn stats(answer: &Value) -> anyhow::Result<()> {
    for (name, value) in answer.as_object().into_iter().flatten() {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Null => "fewer than 5".to_owned(),
            other => other.to_string(),
        };
        println!("{:<26} {value}", name.replace('_', " "));
    }
    Ok(())
}

/// What the rules of retention would erase.
///
/// # Errors
/// As [`first_password`].
#[expect(clippy::unnecessary_wraps, reason = "one shape for all printers")]
pub fn retention(answer: &Value) -> anyhow::Result<()> {
    let number =
        |value: &Value, key: &str| value.get(key).and_then(Value::as_u64).unwrap_or_default();
    let version = number(answer, "version");
    match text(answer, "state") {
        "built_in" => {
            println!("The built-in rules are in force (service.retention names no folder).")
        }
        "in_force" => println!("Version {version} of your rules is in force."),
        _ => println!(
            "Version {version} of your rules waits: an administrator puts it into force on the desk's page \"Keeping times\"."
        ),
    }
    println!(
        "{} closed reports looked at, {} of them on legal hold.\n",
        number(answer, "closed"),
        number(answer, "held")
    );
    let categories = answer.get("categories").and_then(Value::as_array);
    let categories: Vec<&Value> = categories.into_iter().flatten().collect();
    let days = number(answer, "days");
    if categories.is_empty() {
        println!("Nothing is due now or within {days} days.");
        return Ok(());
    }
    let soon = format!("within {days} days");
    println!("{:<24} {:<8} {:>12} {soon:>16}", "category", "part", "now");
    for category in categories {
        for part in ["contact", "files", "text"] {
            let of = |when: &str| category.get(when).map_or(0, |counts| number(counts, part));
            if of("now") + of("soon") > 0 {
                let name = text(category, "category");
                println!("{name:<24} {part:<8} {:>12} {:>16}", of("now"), of("soon"));
            }
        }
    }
    Ok(())
}
