//! The list of a bundle's files.

use std::collections::BTreeMap;

use cairn_evidence::hash::{Hash, sha256};
use serde::{Deserialize, Serialize};

use crate::plan::Plan;
use crate::site::{Door, Options};

/// The layout of bundles that this program makes and verifies.
pub const FORMAT: u32 = 1;

/// The manifest is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// It does not parse.
    #[error("manifest.json: {0}")]
    Parse(String),
    /// Another layout.
    #[error(
        "manifest.json says format {found}, this program knows {FORMAT}: use the program that made the bundle"
    )]
    Format {
        /// What it says.
        found: u32,
    },
}

/// What a bundle holds, and how it was built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u32,
    /// Version of the program that built it.
    pub program: String,
    /// Id of the plan.
    pub plan: String,
    /// Id of its newest edition.
    pub edition: String,
    /// Languages of the pages.
    pub languages: Vec<String>,
    /// Where the site is published, if that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Where its figures are challenged, if not by mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
    /// Ways back into the service whose pages these are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doors: Vec<Door>,
    /// Where what was challenged before is listed, if that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenges: Option<String>,
    /// Where all that was published of the plan is kept, if that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versions: Option<String>,
    /// The plan's own files, by path below `plan/`: SHA-256, hexadecimal.
    pub inputs: BTreeMap<String, String>,
    /// Every other file, by path: SHA-256, hexadecimal.
    pub outputs: BTreeMap<String, String>,
}

impl Manifest {
    pub(super) fn of(plan: &Plan, options: &Options) -> Self {
        Self {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            plan: plan.id.clone(),
            edition: plan
                .newest()
                .map(|edition| edition.id.clone())
                .unwrap_or_default(),
            languages: options
                .languages
                .iter()
                .map(|lang| lang.as_str().to_owned())
                .collect(),
            base_url: options.base_url.clone(),
            challenge: options.challenge.clone(),
            doors: options.doors.clone(),
            challenges: options.challenges.clone(),
            versions: options.versions.clone(),
            inputs: BTreeMap::new(),
            outputs: BTreeMap::new(),
        }
    }

    pub(super) fn input(&mut self, path: &str, bytes: &[u8]) {
        self.inputs.insert(path.to_owned(), sha256(bytes).hex());
    }

    pub(super) fn output(&mut self, path: &str, bytes: &[u8]) {
        self.outputs.insert(path.to_owned(), sha256(bytes).hex());
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// See [`ManifestError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        let manifest: Self = serde_json::from_slice(bytes)
            .map_err(|error| ManifestError::Parse(error.to_string()))?;
        if manifest.format == FORMAT {
            Ok(manifest)
        } else {
            Err(ManifestError::Format {
                found: manifest.format,
            })
        }
    }

    /// As it is written to the bundle; the same manifest gives the same bytes.
    #[must_use]
    pub fn print(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// SHA-256 of [`Manifest::print`].
    #[must_use]
    pub fn digest(&self) -> Hash {
        sha256(&self.print())
    }

    /// The text that is signed when an edition is published.
    #[must_use]
    pub fn statement(&self) -> String {
        format!(
            "cairn track bundle v1\nplan {}\nedition {}\nmanifest sha256 {}\n",
            self.plan,
            self.edition,
            self.digest().hex()
        )
    }
}
