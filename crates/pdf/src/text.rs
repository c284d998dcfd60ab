//! From spans to lines: cleaning, measuring, breaking.

use unicode_normalization::UnicodeNormalization;

use crate::face::{Faces, Weight};
use crate::model::{Language, Span};
use crate::sheet::{ACCENT, Colour};

/// How letters look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style {
    pub(crate) weight: Weight,
    pub(crate) slanted: bool,
    /// Points.
    pub(crate) size: f32,
    pub(crate) colour: Colour,
}

impl Style {
    pub(crate) const fn new(weight: Weight, size: f32, colour: Colour) -> Self {
        Self {
            weight,
            slanted: false,
            size,
            colour,
        }
    }
}

/// What a run means, beside its words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) strong: bool,
    pub(crate) emphasis: bool,
    pub(crate) link: Option<String>,
    pub(crate) language: Option<Language>,
}

/// Words in one style with one meaning.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) style: Style,
    pub(crate) meaning: Meaning,
}

/// Part of a line that belongs to one run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Piece {
    /// Index of the run.
    pub(crate) run: usize,
    pub(crate) text: String,
    /// From the start of the line, in points.
    pub(crate) x: f32,
    /// Without a space at the end of the line.
    pub(crate) width: f32,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) width: f32,
}

/// Text broken into lines of a certain width.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Text {
    pub(crate) runs: Vec<Run>,
    pub(crate) lines: Vec<Line>,
    /// From one line to the next, in points.
    pub(crate) leading: f32,
    /// Size of most letters, in points.
    pub(crate) size: f32,
}

/// One character with its width.
struct Letter {
    run: usize,
    ch: char,
    width: f32,
    /// A line may end behind it.
    end: bool,
}

impl Text {
    /// Spans set in `style`, where bold, slant and link colour come from the span.
    pub(crate) fn spans(spans: &[Span], style: Style, width: f32, faces: &Faces) -> Self {
        let runs = spans
            .iter()
            .map(|span| Run {
                text: span.text.clone(),
                style: Style {
                    weight: if span.strong {
                        Weight::Bold
                    } else {
                        style.weight
                    },
                    slanted: span.emphasis,
                    colour: if span.link.is_some() {
                        ACCENT
                    } else {
                        style.colour
                    },
                    ..style
                },
                meaning: Meaning {
                    strong: span.strong,
                    emphasis: span.emphasis,
                    link: span.link.clone(),
                    language: span.language,
                },
            })
            .collect();
        Self::runs(runs, style, width, faces)
    }

    /// Plain words.
    pub(crate) fn plain(words: &str, style: Style, width: f32, faces: &Faces) -> Self {
        Self::spans(&[Span::plain(words)], style, width, faces)
    }

    fn runs(runs: Vec<Run>, style: Style, width: f32, faces: &Faces) -> Self {
        let letters = letters(&runs, faces);
        let lines = lines(&letters, width).into_iter().map(line).collect();
        Self {
            runs,
            lines,
            leading: style.size * if style.size < 14.0 { 1.42 } else { 1.2 },
            size: style.size,
        }
    }

    /// Height of all lines, in points.
    pub(crate) fn height(&self) -> f32 {
        self.leading * count(self.lines.len())
    }

    /// From the top of a line to its baseline, in points.
    pub(crate) fn rise(&self) -> f32 {
        // Half the height of a capital letter (0.717 of the size) below the middle of the line.
        self.leading * 0.5 + self.size * 0.358
    }

    /// The words, cleaned, in reading order.
    #[cfg(test)]
    pub(crate) fn words(&self) -> String {
        self.lines
            .iter()
            .flat_map(|line| &line.pieces)
            .map(|piece| piece.text.as_str())
            .collect()
    }
}

/// Widest word and width of the whole on one line, in points.
pub(crate) fn extent(spans: &[Span], style: Style, faces: &Faces) -> (f32, f32) {
    let text = Text::spans(spans, style, f32::MAX, faces);
    let letters = letters(&text.runs, faces);
    let word = letters
        .chunk_by(|letter, _| !letter.end)
        .map(ink)
        .fold(0.0, f32::max);
    (word, text.lines.first().map_or(0.0, |line| line.width))
}

/// A small number of things as a factor.
pub(crate) fn count(n: usize) -> f32 {
    f32::from(u16::try_from(n).unwrap_or(u16::MAX))
}

/// White space becomes one space, letters are composed, and characters that show nothing or mean nothing in print
/// (controls, direction marks, joiners, non-characters) go; a zero-width space stays as a place to break.
pub(crate) fn clean(text: &str) -> String {
    text.nfc()
        .map(|ch| {
            if ch.is_control() || (ch.is_whitespace() && !tied(ch)) {
                ' '
            } else {
                ch
            }
        })
        .filter(|ch| !mute(*ch))
        .collect()
}

/// Spaces at which a line must not end.
fn tied(ch: char) -> bool {
    matches!(ch, '\u{a0}' | '\u{202f}' | '\u{2007}')
}

fn mute(ch: char) -> bool {
    matches!(ch, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..='\u{e0fff}')
        || u32::from(ch) & 0xfffe == 0xfffe
}

fn letters(runs: &[Run], faces: &Faces) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::new();
    for (run, Run { text, style, .. }) in runs.iter().enumerate() {
        let text = clean(text);
        let mut rest = text.chars().peekable();
        while let Some(ch) = rest.next() {
            if ch == '\u{200b}' || (ch == ' ' && letters.last().is_none_or(|last| last.ch == ' ')) {
                letters
                    .iter_mut()
                    .last()
                    .into_iter()
                    .for_each(|last| last.end = true);
                continue;
            }
            let next = rest.peek().copied().filter(|next| *next != '\u{200b}');
            letters.push(Letter {
                run,
                ch,
                width: faces.advance(style.weight, ch, next) * style.size,
                end: may_end(ch, next),
            });
        }
    }
    if letters.last().is_some_and(|last| last.ch == ' ') {
        letters.pop();
    }
    letters
}

/// Whether a line may end between two characters: after a space, and after a dash or slash between words (but not
/// inside `2023/24` or `−5`).
fn may_end(ch: char, next: Option<char>) -> bool {
    match ch {
        ' ' => true,
        '-' | '\u{2010}' | '–' | '—' | '/' => next.is_some_and(char::is_alphabetic),
        _ => false,
    }
}

/// Width without spaces at the end.
fn ink(letters: &[Letter]) -> f32 {
    let blank = letters
        .iter()
        .rev()
        .take_while(|letter| letter.ch == ' ')
        .count();
    letters
        .iter()
        .take(letters.len() - blank)
        .map(|letter| letter.width)
        .sum()
}

/// Fills lines word by word; a word wider than a line is cut.
fn lines(letters: &[Letter], width: f32) -> Vec<&[Letter]> {
    let mut lines = Vec::new();
    let (mut start, mut end, mut x) = (0, 0, 0.0);
    for word in letters.chunk_by(|letter, _| !letter.end) {
        let wide = ink(word);
        if end > start && x + wide > width {
            lines.extend(letters.get(start..end));
            (start, x) = (end, 0.0);
        }
        if wide > width {
            for letter in word {
                if letter.ch != ' ' && end > start && x + letter.width > width {
                    let cut = soft_cut(letters.get(start..end).unwrap_or_default()) + start;
                    lines.extend(letters.get(start..cut));
                    x = letters
                        .get(cut..end)
                        .unwrap_or_default()
                        .iter()
                        .map(|l| l.width)
                        .sum();
                    start = cut;
                }
                x += letter.width;
                end += 1;
            }
        } else {
            x += word.iter().map(|letter| letter.width).sum::<f32>();
            end += word.len();
        }
    }
    if end > start {
        lines.extend(letters.get(start..end));
    }
    lines
}

/// Where to cut a word that is too wide: behind a mark in its last third (addresses have them), else at the edge.
fn soft_cut(letters: &[Letter]) -> usize {
    let mark = letters
        .iter()
        .rposition(|letter| "/?&=-_.,:;@#".contains(letter.ch));
    mark.map(|at| at + 1)
        .filter(|at| at * 3 > letters.len() * 2)
        .unwrap_or(letters.len())
}

fn line(letters: &[Letter]) -> Line {
    let mut pieces = Vec::new();
    let mut x = 0.0;
    for part in letters.chunk_by(|a, b| a.run == b.run) {
        pieces.push(Piece {
            run: part.first().map_or(0, |letter| letter.run),
            text: part.iter().map(|letter| letter.ch).collect(),
            x,
            width: ink(part),
        });
        x += part.iter().map(|letter| letter.width).sum::<f32>();
    }
    Line {
        width: ink(letters),
        pieces,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::INK;
    use proptest::prelude::*;

    const STYLE: Style = Style::new(Weight::Regular, 10.0, INK);

    fn set(text: &str, width: f32) -> Vec<String> {
        let text = Text::plain(text, STYLE, width, &Faces::load().unwrap());
        text.lines
            .iter()
            .map(|l| l.pieces.iter().map(|p| p.text.as_str()).collect())
            .collect()
    }

    #[test]
    fn lines_end_at_spaces_and_keep_them_for_readers() {
        assert_eq!(set("one  two\n three", 42.0), ["one two ", "three"]);
        assert_eq!(set("  ", 40.0), Vec::<String>::new());
    }

    #[test]
    fn figures_stay_whole_and_words_may_part_at_dashes() {
        assert_eq!(set("in 2023/24 at −5", 1.0).concat(), "in 2023/24 at −5");
        assert_eq!(set("year 2023/24", 50.0), ["year ", "2023/24"]);
        assert_eq!(set("well-being", 30.0), ["well-", "being"]);
        assert_eq!(set("a b\u{a0}c", 15.0), ["a ", "b\u{a0}c"]);
    }

    #[test]
    fn long_words_are_cut_at_a_mark_or_at_the_edge() {
        let lines = set("https://example.govt.nz/statistics", 110.0);
        assert_eq!(lines.first().unwrap(), "https://example.govt.nz/");
        assert!(set("Taumatawhakatangihangakoauauotamateaturipukakapikimaungahoronukupokaiwhenuakitanatahu", 60.0).len() > 4);
    }

    #[test]
    fn macrons_are_composed_and_hidden_characters_go() {
        assert_eq!(
            clean("Ma\u{304}ori\u{202e}\u{feff}\u{ad}\u{0}x\u{ffff}"),
            "Māori x"
        );
    }

    proptest! {
        // Each case reads the fonts anew.
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn no_line_is_too_wide_and_no_letter_is_lost(text in "[a-zā /–.-]{0,80}", width in 15.0f32..200.0) {
            let faces = Faces::load().unwrap();
            let set = Text::plain(&text, STYLE, width, &faces);
            for line in &set.lines {
                prop_assert!(line.width <= width + 0.01, "{line:?}");
            }
            let squeezed = text.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
            prop_assert_eq!(set.words(), squeezed);
        }
    }
}
