//! `cairn openpgp`: the service's own key. The file is read anew by a server that runs, so that nothing need be stopped.

use std::io::{Read, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};
use cairn_app::clock::Clock;
use cairn_app::openpgp::{OwnKeys, PublicKey, fingerprint_shown, user_id};
use clap::Subcommand;

use crate::args::Usage;
use crate::settings::Settings;

/// Largest file that is taken for a key, bytes.
const KEY_FILE_BYTES_MAX: u64 = 1024 * 1024;

/// The service's OpenPGP key.
#[derive(Debug, Subcommand)]
pub enum OpenPgp {
    /// Make the key, if there is none yet (serving does so too, where mail goes out).
    New,
    /// Show the keys: fingerprint, address, until when they hold.
    Show,
    /// Print the public key, armoured.
    Export {
        /// Print the secret keys instead, to move them elsewhere. Whoever has them can read mail to this service.
        #[arg(long)]
        secret: bool,
    },
    /// Put a key that was made elsewhere into use: a secret key without password, armoured.
    Import {
        /// The file; `-` is standard input.
        file: PathBuf,
    },
    /// Make a new key and put it into use. The one before stays, to read what is still written to it.
    Rotate,
    /// Let the key in use hold for three years from now on.
    Extend,
}

/// Does it.
///
/// # Errors
/// What went wrong, in words.
pub fn run(settings: &Settings, wanted: OpenPgp) -> anyhow::Result<()> {
    let own = OwnKeys::at(&settings.data);
    let now = Clock::System.now().seconds();
    let made_for = || {
        user_id(&settings.mail_from, &settings.app.service_name)
            .ok_or_else(|| Usage("mail.from must be set: its address is the one in the key".into()))
    };
    match wanted {
        OpenPgp::New if !own.all()?.is_empty() => {
            bail!("there is a key already; `cairn openpgp rotate` makes a new one")
        }
        OpenPgp::New | OpenPgp::Rotate => tell(&own.make(&made_for()?, now)?),
        OpenPgp::Extend => tell(&own.extend(now)?),
        OpenPgp::Import { file } => {
            let mut given = Vec::new();
            if file.as_os_str() == "-" {
                std::io::stdin()
                    .take(KEY_FILE_BYTES_MAX)
                    .read_to_end(&mut given)?;
            } else {
                let opened = std::fs::File::open(&file);
                let opened = opened.with_context(|| format!("reading {}", file.display()))?;
                opened.take(KEY_FILE_BYTES_MAX).read_to_end(&mut given)?;
            }
            let key = own.import(&given, now)?;
            if let Some((local, domain)) = cairn_app::openpgp::split_address(&settings.mail_from)
                && !key.is_of(&format!("{local}@{domain}"))
            {
                println!(
                    "note: the key has no user id for {local}@{domain}, from which mail goes out"
                );
            }
            tell(&key);
        }
        OpenPgp::Show => {
            for (n, one) in own.all()?.iter().enumerate() {
                if n == 1 {
                    println!("\nkept to read what was written to them:");
                }
                tell(&one.public());
            }
        }
        OpenPgp::Export { secret } => {
            let all = own.all()?;
            let Some(first) = all.first() else {
                bail!("there is no key yet; `cairn openpgp new` makes one")
            };
            let mut out = first.public().armoured();
            if secret {
                out.clear();
                for one in &all {
                    out.push_str(&one.armoured()?);
                }
            }
            std::io::stdout().write_all(out.as_bytes())?;
        }
    }
    Ok(())
}

fn tell(key: &PublicKey) {
    let until = key.expires().map_or_else(
        || "for ever".to_owned(),
        |end| {
            format!(
                "until {}",
                cairn_kernel::time::Micros(end * 1_000_000)
                    .timestamp()
                    .strftime("%Y-%m-%d")
            )
        },
    );
    println!("{}", fingerprint_shown(&key.fingerprint()));
    println!("    {}, holds {until}", key.user_ids().join(", "));
}
