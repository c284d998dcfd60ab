//! Where others look for a key (draft-koch-openpgp-webkey-service, 3.1).

use sha1::{Digest, Sha1};

const SIGNS: &[u8; 32] = b"ybndrfg8ejkmcpqxot1uwisza345h769";

/// The name under which a web key directory has the key of a local part: SHA-1 of it in lower case, in z-base-32. Upper and lower
/// case letters of ASCII are the same; others stay.
#[must_use]
pub fn directory_hash(local: &str) -> String {
    let digest = Sha1::digest(local.to_ascii_lowercase().as_bytes());
    let (mut out, mut buffer, mut bits) = (String::new(), 0_u32, 0_u32);
    for byte in digest {
        buffer = (buffer << 8) | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            let at = usize::try_from((buffer >> bits) & 31).unwrap_or_default();
            out.extend(SIGNS.get(at).map(|sign| char::from(*sign)));
        }
        buffer &= (1 << bits) - 1;
    }
    out
}

/// Local part and domain of what a user id or a setting says: `Name <local@domain>`, or the bare address.
#[must_use]
pub fn split_address(text: &str) -> Option<(&str, &str)> {
    let inner = match (text.rfind('<'), text.rfind('>')) {
        (Some(start), Some(end)) => text.get(start + 1..end)?,
        _ => text,
    };
    let (local, domain) = inner.trim().rsplit_once('@')?;
    let plain = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
    (plain(local) && plain(domain)).then_some((local, domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_one_of_the_draft() {
        // The example of the draft: Joe.Doe@example.org.
        assert_eq!(
            directory_hash("Joe.Doe"),
            "iy9q119eutrkn8s1mk4r39qejnbu3n5q"
        );
    }

    #[test]
    fn addresses_are_found_in_user_ids() {
        assert_eq!(split_address("A <a@b.example>"), Some(("a", "b.example")));
        assert_eq!(split_address("a@b.example"), Some(("a", "b.example")));
        for none in ["A", "A <>", "A <a@>", "a b@c.example", "> <"] {
            assert_eq!(split_address(none), None, "{none}");
        }
    }
}
