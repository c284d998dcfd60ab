//! What was published of a plan, for ever.

use cairn_desk::track::ReturnFile;
use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::sql::{Row, Table, Ty};
use crate::writer::{Entry, Unit, WriteError};
use crate::{Store, params};

static VERSION: Table = Table::guard(
    "plan_version",
    &[
        ("id", Ty::Text),
        ("plan", Ty::Text),
        ("no", Ty::Int),
        ("at", Ty::Int),
        ("edition", Ty::Text),
        ("digest", Ty::Text),
        ("manifest", Ty::Text),
        ("note", Ty::Text),
        ("bundle", Ty::Blob),
    ],
);

/// A publication, without its bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number, from 1.
    pub no: i64,
    /// When.
    pub at: Micros,
    /// Id of the edition.
    pub edition: String,
    /// SHA-256 of the working copy that was signed off.
    pub digest: String,
    /// SHA-256 of the manifest.
    pub manifest: String,
    /// The signed note over the manifest.
    pub note: String,
    /// Its line in the evidence log, once known.
    pub log_index: Option<i64>,
    /// Bytes of the bundle.
    pub bytes: u64,
}

/// A publication to be kept.
#[derive(Debug, Clone)]
pub struct NewVersion<'a> {
    /// Id of the plan.
    pub plan: &'a str,
    /// Its number, from 1.
    pub no: i64,
    /// When.
    pub at: Micros,
    /// Id of the edition.
    pub edition: &'a str,
    /// SHA-256 of the working copy that was signed off.
    pub digest: &'a str,
    /// SHA-256 of the manifest.
    pub manifest: &'a str,
    /// The signed note over the manifest.
    pub note: &'a str,
    /// A zip archive.
    pub bundle: &'a [u8],
    /// Files that everybody may read from now on.
    pub files: &'a [ReturnFile],
}

macro_rules! version_sql {
    ($rest:literal) => {
        concat!(
            "SELECT no, at, edition, digest, manifest, note, log_index, length(bundle) FROM plan_version ",
            $rest
        )
    };
}

fn read_version(row: &Row) -> Result<Version, ReadError> {
    Ok(Version {
        no: row.int(0)?,
        at: row.at(1)?,
        edition: row.text(2)?,
        digest: row.text(3)?,
        manifest: row.text(4)?,
        note: row.text(5)?,
        log_index: row.int_opt(6)?,
        bytes: row.int(7)?.unsigned_abs(),
    })
}

impl Store {
    /// A plan's publications, newest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn versions(&self, plan: &str) -> Result<Vec<Version>, ReadError> {
        let sql = version_sql!("WHERE plan = $1 ORDER BY no DESC LIMIT 10000");
        let rows = self.db.rows(sql, params![plan]).await?;
        rows.iter().map(read_version).collect()
    }

    /// One publication.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn version(&self, plan: &str, no: i64) -> Result<Option<Version>, ReadError> {
        let sql = version_sql!("WHERE plan = $1 AND no = $2");
        let row = self.db.row(sql, params![plan, no]).await?;
        row.as_ref().map(read_version).transpose()
    }

    /// The bundle of a publication: a zip archive.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn bundle(&self, plan: &str, no: i64) -> Result<Option<Vec<u8>>, ReadError> {
        let sql = "SELECT bundle FROM plan_version WHERE plan = $1 AND no = $2";
        let row = self.db.row(sql, params![plan, no]).await?;
        Ok(row.map(|row| row.blob(0)).transpose()?)
    }

    /// Keeps a publication. [`WriteError::Duplicate`] says that somebody else published meanwhile.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn publish_version(
        &self,
        new: &NewVersion<'_>,
        entry: Entry,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.insert(
            &VERSION,
            params![
                format!("{}/{}", new.plan, new.no),
                new.plan,
                new.no,
                new.at,
                new.edition,
                new.digest,
                new.manifest,
                new.note,
                new.bundle
            ],
        );
        for file in new.files {
            unit.exec(
                "INSERT INTO plan_evidence(plan, sha256, version, name) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (plan, sha256) DO NOTHING",
                params![new.plan, file.sha256.as_str(), new.no, file.name.as_str()],
            );
        }
        unit.entries.push(entry);
        let index = self.write(unit).await?.first;
        // Known only now; should the process end just here, the page says the digest without the line.
        let mut known = Unit::default();
        known.exec(
            "UPDATE plan_version SET log_index = $1 WHERE plan = $2 AND no = $3",
            params![index, new.plan, new.no],
        );
        self.write(known).await.map(drop)
    }

    /// The name of a file that everybody may read since a publication of this plan.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn published_file(
        &self,
        plan: &str,
        sha256: &str,
    ) -> Result<Option<String>, ReadError> {
        let sql = "SELECT name FROM plan_evidence WHERE plan = $1 AND sha256 = $2";
        let row = self.db.row(sql, params![plan, sha256]).await?;
        Ok(row.map(|row| row.text(0)).transpose()?)
    }
}
