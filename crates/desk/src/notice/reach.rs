//! Whom a notice reaches, and when it may leave.

use cairn_kernel::time::Micros;

use super::Why;
use super::book::{Limits, Medium, Tell};
use crate::constituent::{Constituent, Contact, Quiet};

/// The contact that is written to: of the roles, in their order, the first that has a mailbox that mail arrives at. Rows that may only leave
/// encrypted need one whose key is good, as `good` says of it.
///
/// # Errors
/// Why nobody is.
pub fn reach<'c>(
    one: &'c Constituent,
    tell: &Tell,
    limits: &Limits,
    good: impl Fn(&Contact) -> bool,
) -> Result<&'c Contact, Why> {
    let sealed = tell.medium == Medium::Mail && tell.tlp >= limits.encrypt_from;
    let mut why = Why::NoContact;
    for role in &tell.role {
        for contact in one.contacts.iter().filter(|own| own.role == *role) {
            if contact.email.is_none() {
                continue;
            }
            if contact.disabled {
                why = why.max_of(Why::Disabled);
            } else if contact.bounced.is_some() {
                why = why.max_of(Why::Bounced);
            } else if sealed && !good(contact) {
                why = why.max_of(Why::NoKey);
            } else {
                return Ok(contact);
            }
        }
    }
    Err(why)
}

impl Why {
    /// Of two causes the one that is nearer to being written to: it says what is to be mended.
    fn max_of(self, other: Self) -> Self {
        let rank = |why: Self| match why {
            Self::NoContact => 0,
            Self::Disabled => 1,
            Self::Bounced => 2,
            _ => 3,
        };
        if rank(other) > rank(self) {
            other
        } else {
            self
        }
    }
}

/// What is known of an owner's class when a notice may be due.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// Now.
    pub now: Micros,
    /// When the owner was last told of this class.
    pub last: Option<Micros>,
    /// There is something new.
    pub new: bool,
    /// Quiet hours of the owner.
    pub quiet: Option<Quiet>,
    /// Minute of the day, where the owner is.
    pub minute: u16,
}

/// Whether a notice may leave now.
///
/// # Errors
/// Why it waits.
pub fn due(tell: &Tell, moment: &Moment) -> Result<(), Why> {
    let until = |last: Micros| last.plus_seconds(i64::from(tell.hours) * 3_600);
    let waits = moment.last.is_some_and(|last| moment.now < until(last));
    if waits && !(tell.at_once && moment.new) {
        return Err(Why::Interval);
    }
    if moment.quiet.is_some_and(|quiet| quiet.holds(moment.minute)) {
        return Err(Why::Quiet);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constituent::{Day, Heading, Role, fresh};
    use cairn_kernel::label::Tlp;

    fn contact(id: u32, role: Role) -> Contact {
        Contact {
            id,
            role,
            name: String::new(),
            email: Some(format!("c{id}@owner.example")),
            phone: None,
            fingerprint: None,
            key: None,
            certificate: None,
            added: Day(0),
            confirmed: None,
            bounced: None,
            disabled: false,
        }
    }

    fn owner(contacts: Vec<Contact>) -> Constituent {
        let heading = Heading {
            name: "Example".into(),
            sector: None,
            language: None,
            quiet: None,
        };
        let mut one = fresh(1, heading, Day(0));
        one.contacts = contacts;
        one
    }

    fn tell() -> Tell {
        let book = "[[rule]]\nname='x'\ntell={class='c', role=['security','abuse']}";
        let book = super::super::Book::parse(book).unwrap();
        book.rules[0].tell.clone().unwrap()
    }

    #[test]
    fn roles_are_tried_in_their_order_and_why_nobody_is_reached_is_told() {
        let limits = Limits::default();
        let tell = tell();
        let all = || vec![contact(1, Role::Abuse), contact(2, Role::Security)];
        let id = |one: &Constituent, tell: &Tell, good: bool| {
            reach(one, tell, &limits, |_| good).map(|contact| contact.id)
        };
        assert_eq!(id(&owner(all()), &tell, true), Ok(2));
        assert_eq!(id(&owner(all()), &tell, false), Err(Why::NoKey));
        let green = Tell {
            tlp: Tlp::Green,
            ..tell.clone()
        };
        assert_eq!(id(&owner(all()), &green, false), Ok(2));
        let portal = Tell {
            medium: Medium::Portal,
            ..tell.clone()
        };
        assert_eq!(
            id(&owner(all()), &portal, false),
            Ok(2),
            "nothing of it is in the mail"
        );
        let mut bounced = all();
        bounced[1].bounced = Some(Day(1));
        assert_eq!(id(&owner(bounced.clone()), &tell, true), Ok(1));
        bounced[0].disabled = true;
        assert_eq!(id(&owner(bounced.clone()), &tell, true), Err(Why::Bounced));
        bounced[1].disabled = true;
        assert_eq!(id(&owner(bounced), &tell, true), Err(Why::Disabled));
        assert_eq!(
            id(&owner(vec![contact(3, Role::Management)]), &tell, true),
            Err(Why::NoContact)
        );
    }

    #[test]
    fn intervals_and_quiet_hours_hold_it() {
        let hour = |n: i64| Micros(n * 3_600_000_000);
        let mut tell = tell();
        let moment = |now, last, new| Moment {
            now: hour(now),
            last,
            new,
            quiet: Quiet::parse("22:00-06:00"),
            minute: 12 * 60,
        };
        assert_eq!(due(&tell, &moment(5, None, true)), Ok(()));
        assert_eq!(
            due(&tell, &moment(5, Some(hour(1)), true)),
            Err(Why::Interval)
        );
        assert_eq!(due(&tell, &moment(25, Some(hour(1)), false)), Ok(()));
        tell.at_once = true;
        assert_eq!(due(&tell, &moment(5, Some(hour(1)), true)), Ok(()));
        assert_eq!(
            due(&tell, &moment(5, Some(hour(1)), false)),
            Err(Why::Interval)
        );
        let night = Moment {
            minute: 23 * 60,
            ..moment(5, None, true)
        };
        assert_eq!(due(&tell, &night), Err(Why::Quiet));
    }
}
