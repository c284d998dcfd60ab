//! What changed in a text, word by word.

use serde::Serialize;

/// Most pairs of words that are looked at; texts with more of them that differ are shown as replaced as a whole.
pub const PAIRS_MAX: usize = 1_000_000;

/// Whether a piece stands in both texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum In {
    /// In both.
    Both,
    /// Only in the text before.
    Before,
    /// Only in the text after.
    After,
}

/// A run of words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// Where it stands.
    pub of: In,
    /// The words, with the blanks between and after them.
    pub text: String,
}

/// The pieces of both texts, in order. Those of [`In::Both`] and [`In::Before`] make the text before, those of
/// [`In::Both`] and [`In::After`] the text after, to the byte. Where words are replaced, what was there comes first.
///
/// The longest common subsequence of words (Myers and others solve it faster; texts of a plan are short).
#[must_use]
pub fn pieces(before: &str, after: &str) -> Vec<Piece> {
    let (old, new) = (tokens(before), tokens(after));
    let start = common(old.iter(), new.iter());
    let (old_rest, new_rest) = (tail(&old, start), tail(&new, start));
    let end = common(old_rest.iter().rev(), new_rest.iter().rev());
    let old_middle = head(old_rest, end);
    let new_middle = head(new_rest, end);
    let mut marks = Vec::with_capacity(old.len() + new.len());
    marks.extend(old.iter().take(start).map(|token| (In::Both, *token)));
    middle(old_middle, new_middle, &mut marks);
    let last = old_rest.iter().skip(old_middle.len());
    marks.extend(last.map(|token| (In::Both, *token)));
    join(&marks)
}

fn tail<'s, 't>(all: &'s [&'t str], from: usize) -> &'s [&'t str] {
    all.get(from..).unwrap_or_default()
}

fn head<'s, 't>(all: &'s [&'t str], without: usize) -> &'s [&'t str] {
    all.get(..all.len() - without).unwrap_or_default()
}

/// Words and the blanks between them, each on its own.
fn tokens(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let blank = first.is_whitespace();
        let end = rest.find(|c: char| c.is_whitespace() != blank);
        let (token, after) = rest.split_at(end.unwrap_or(rest.len()));
        all.push(token);
        rest = after;
    }
    all
}

fn common<'a>(
    old: impl Iterator<Item = &'a &'a str>,
    new: impl Iterator<Item = &'a &'a str>,
) -> usize {
    old.zip(new).take_while(|(a, b)| a == b).count()
}

fn middle<'t>(old: &[&'t str], new: &[&'t str], marks: &mut Vec<(In, &'t str)>) {
    if old.len().saturating_mul(new.len()) > PAIRS_MAX {
        marks.extend(old.iter().map(|token| (In::Before, *token)));
        marks.extend(new.iter().map(|token| (In::After, *token)));
        return;
    }
    let width = new.len() + 1;
    // At `at * width + to`: how long the longest common subsequence of the tails from there is. No longer than the
    // shorter side, whose square is at most `PAIRS_MAX`.
    let mut longest = vec![0_u16; (old.len() + 1) * width];
    let of = |longest: &[u16], at: usize, to: usize| -> u16 {
        longest.get(at * width + to).copied().unwrap_or(0)
    };
    for (at, a) in old.iter().enumerate().rev() {
        for (to, b) in new.iter().enumerate().rev() {
            let length = if a == b {
                of(&longest, at + 1, to + 1) + 1
            } else {
                of(&longest, at + 1, to).max(of(&longest, at, to + 1))
            };
            if let Some(cell) = longest.get_mut(at * width + to) {
                *cell = length;
            }
        }
    }
    let (mut at, mut to) = (0, 0);
    loop {
        match (old.get(at), new.get(to)) {
            (Some(a), Some(b)) if a == b => {
                marks.push((In::Both, a));
                (at, to) = (at + 1, to + 1);
            }
            (Some(a), b) if b.is_none() || of(&longest, at + 1, to) >= of(&longest, at, to + 1) => {
                marks.push((In::Before, a));
                at += 1;
            }
            (_, Some(b)) => {
                marks.push((In::After, b));
                to += 1;
            }
            (_, None) => return,
        }
    }
}

/// Joins what belongs together: blanks between two changes are part of them.
fn join(marks: &[(In, &str)]) -> Vec<Piece> {
    let mut all: Vec<Piece> = Vec::new();
    let (mut old, mut new) = (String::new(), String::new());
    let mut marks = marks.iter().peekable();
    while let Some((of, token)) = marks.next() {
        match of {
            In::Before => old.push_str(token),
            In::After => new.push_str(token),
            In::Both => {
                let changed = !old.is_empty() || !new.is_empty();
                let goes_on = marks.peek().is_some_and(|(of, _)| *of != In::Both);
                if changed && goes_on && token.trim().is_empty() {
                    old.push_str(token);
                    new.push_str(token);
                    continue;
                }
                flush(&mut all, &mut old, &mut new);
                match all.last_mut().filter(|piece| piece.of == In::Both) {
                    Some(piece) => piece.text.push_str(token),
                    None => push(&mut all, In::Both, token),
                }
            }
        }
    }
    flush(&mut all, &mut old, &mut new);
    all
}

fn flush(all: &mut Vec<Piece>, old: &mut String, new: &mut String) {
    push(all, In::Before, old);
    push(all, In::After, new);
    old.clear();
    new.clear();
}

fn push(all: &mut Vec<Piece>, of: In, text: &str) {
    if !text.is_empty() {
        let text = text.to_owned();
        all.push(Piece { of, text });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(before: &str, after: &str) -> String {
        let pieces = pieces(before, after);
        let shown = pieces.iter().map(|piece| match piece.of {
            In::Both => piece.text.clone(),
            In::Before => format!("[-{}-]", piece.text),
            In::After => format!("[+{}+]", piece.text),
        });
        shown.collect()
    }

    fn side(pieces: &[Piece], without: In) -> String {
        let kept = pieces.iter().filter(|piece| piece.of != without);
        kept.map(|piece| piece.text.as_str()).collect()
    }

    #[test]
    fn words_are_marked_and_not_letters() {
        for (before, after, wanted) in [
            ("", "", ""),
            ("a b", "a b", "a b"),
            ("", "new words", "[+new words+]"),
            ("old", "", "[-old-]"),
            (
                "A connection for everybody",
                "A connection and help for everybody",
                "A connection [+and help +]for everybody",
            ),
            ("one two three", "one 2 3", "one [-two three-][+2 3+]"),
            ("Mahi Tika", "Mahi tika", "Mahi [-Tika-][+tika+]"),
            ("a  b", "a b", "a[-  -][+ +]b"),
            ("x a y", "a", "[-x -]a[- y-]"),
        ] {
            assert_eq!(shown(before, after), wanted, "{before} → {after}");
        }
    }

    #[test]
    fn long_texts_that_differ_are_replaced_as_a_whole() {
        let text = |word: &str| -> String {
            (0..2_000)
                .map(|n| format!("{word}{n} "))
                .collect::<String>()
        };
        let (before, after) = (
            format!("same {}end", text("a")),
            format!("same {}end", text("b")),
        );
        let pieces = pieces(&before, &after);
        let kinds: Vec<In> = pieces.iter().map(|piece| piece.of).collect();
        assert_eq!(kinds, [In::Both, In::Before, In::After, In::Both]);
        assert_eq!(side(&pieces, In::Before), after);
    }

    proptest! {
        #[test]
        fn both_texts_can_be_put_together_again(
            before in "([abā]{1,2}[ \n]{0,2}){0,12}",
            after in "([abā]{1,2}[ \n]{0,2}){0,12}",
        ) {
            let found = pieces(&before, &after);
            prop_assert_eq!(side(&found, In::After), before.clone());
            prop_assert_eq!(side(&found, In::Before), after.clone());
            let changed = found.iter().any(|piece| piece.of != In::Both);
            prop_assert_eq!(changed, before != after);
            prop_assert!(found.windows(2).all(|pair| pair[0].of != pair[1].of));
        }

        #[test]
        fn never_panics(before in any::<String>(), after in any::<String>()) {
            let found = pieces(&before, &after);
            prop_assert_eq!(side(&found, In::After), before);
        }
    }
}
