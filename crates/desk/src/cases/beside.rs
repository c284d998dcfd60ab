//! What stands beside a case: assets that the incident touches, and other cases that it has to do with.

use super::decide::{free, known, said};
use super::{Book, Case, Change, Command, Part, Refusal};

/// Most characters of an asset's name.
pub const ASSET_CHARS_MAX: usize = 200;
/// Most assets of one case.
pub const ASSETS_MAX: usize = 500;
/// Most other cases that one case names.
pub const RELATIONS_MAX: usize = 100;

/// Something that the incident touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Number of its text.
    pub text: u32,
    /// Code of its kind.
    pub sort: String,
    /// Code of how it stands.
    pub condition: String,
    /// It does not belong here.
    pub struck: bool,
}

/// Assets. What replaces how one stands is refused where somebody else did so since `seen`.
pub(super) fn of_asset(
    book: &Book,
    case: &Case,
    seen: i64,
    command: Command,
) -> Result<Vec<Change>, Refusal> {
    let find = |text: u32| {
        let found = case.assets.iter().find(|asset| asset.text == text);
        found.ok_or(Refusal::Absent("asset"))
    };
    let stands = |code: &str| match book.condition(code) {
        Some(_) => Ok(()),
        None => Err(Refusal::Absent("condition")),
    };
    let (text, change) = match command {
        Command::AddAsset { digest, .. } if known(case, &digest) => return Ok(Vec::new()),
        Command::AddAsset { .. } if case.assets.len() >= ASSETS_MAX => return Err(Refusal::Limit),
        Command::AddAsset {
            digest,
            sort,
            condition,
        } => {
            if book.asset(&sort).is_none() {
                return Err(Refusal::Absent("kind of asset"));
            }
            stands(&condition)?;
            let asset = said(case, digest);
            return Ok(vec![Change::AssetAdded {
                asset,
                sort,
                condition,
            }]);
        }
        Command::SetAsset { text, condition } => {
            stands(&condition)?;
            let asset = find(text)?;
            if asset.struck {
                return Err(Refusal::Absent("asset"));
            }
            if asset.condition == condition {
                return Ok(Vec::new());
            }
            (text, Change::AssetSet { text, condition })
        }
        Command::StrikeAsset { text } if find(text)?.struck => return Ok(Vec::new()),
        Command::StrikeAsset { text } => (text, Change::AssetStruck { text }),
        _ => return Ok(Vec::new()),
    };
    free(case, Part::Asset(text), seen)?;
    Ok(vec![change])
}

/// Other cases. Whether there is such a case, the caller knows.
pub(super) fn related(book: &Book, case: &Case, command: Command) -> Result<Vec<Change>, Refusal> {
    let is_there = |to: i64, how: &str| case.related.contains(&(to, how.to_owned()));
    match command {
        Command::Relate { to, .. } if to == case.no => Err(Refusal::Itself),
        Command::Relate { how, .. } if book.relation(&how).is_none() => {
            Err(Refusal::Absent("relation"))
        }
        Command::Relate { to, how } if is_there(to, &how) => Ok(Vec::new()),
        Command::Relate { .. } if case.related.len() >= RELATIONS_MAX => Err(Refusal::Limit),
        Command::Relate { to, how } => Ok(vec![Change::Related { to, how }]),
        Command::Unrelate { to, how } if is_there(to, &how) => {
            Ok(vec![Change::Unrelated { to, how }])
        }
        _ => Ok(Vec::new()),
    }
}
