//! Options that many tools have: which ledger, which form, which stock, as of when.

use std::path::{Path, PathBuf};

use clap::Args;
use shell::Failure;

use crate::output::Format;

/// Which ledger.
#[derive(Clone, Debug, Args)]
pub(crate) struct Dir {
    /// Folder of the ledger.
    #[arg(long, value_name = "DIR", env = "GRANARY_DIR", default_value = "ledger")]
    pub(crate) dir: PathBuf,
    /// A server to ask instead of the folder, such as http://127.0.0.1:7070; its token is GRANARY_TOKEN.
    #[arg(long, value_name = "URL", env = "GRANARY_SERVER")]
    pub(crate) server: Option<String>,
}

impl Dir {
    /// The folder, for what works on nothing else.
    pub(crate) fn local(&self) -> Result<&Path, Failure> {
        match &self.server {
            None => Ok(&self.dir),
            Some(url) => {
                Err(Failure::wrong_use(format!("this works on the folder of a ledger, not on the server {url}"))
                    .hint("leave --server and GRANARY_SERVER out, and name the folder with --dir"))
            }
        }
    }
}

/// A folder with a ledger, for what works at no server.
#[derive(Clone, Debug, Args)]
pub(crate) struct Folder {
    /// Folder of the ledger.
    #[arg(long, value_name = "DIR", env = "GRANARY_DIR", default_value = "ledger")]
    dir: PathBuf,
}

impl Folder {
    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.dir
    }

    /// The ledger in it.
    pub(crate) fn ledger(&self) -> Dir {
        Dir { dir: self.dir.clone(), server: None }
    }
}

/// Which settings.
#[derive(Clone, Debug, Args)]
pub(crate) struct SettingsArgs {
    /// File with the settings; `settings.toml` in the service's folder, where it has one.
    #[arg(long, value_name = "FILE", env = "GRANARY_SETTINGS")]
    pub(crate) settings: Option<PathBuf>,
}

/// Which form.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Shown {
    /// How to write the answer.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// Which stock.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct FilterArgs {
    /// Only this owner.
    #[arg(long)]
    pub(crate) party: Option<String>,
    /// Only this site, dispatch or loan.
    #[arg(long)]
    pub(crate) site: Option<String>,
    /// Only this material.
    #[arg(long)]
    pub(crate) material: Option<String>,
    /// Only this lot.
    #[arg(long)]
    pub(crate) lot: Option<String>,
    /// Only this form: ore, concentrate, carbonate, oxide, metal, alloy, magnet, crude, product, gas, scrap, other.
    #[arg(long)]
    pub(crate) form: Option<String>,
    /// Only this source: primary, recycled, seabed, domestic, joint_procurement, loan, barter, donation.
    #[arg(long)]
    pub(crate) source: Option<String>,
    /// Only what was mined in this country.
    #[arg(long)]
    pub(crate) origin: Option<String>,
    /// Only sites of this class.
    #[arg(long)]
    pub(crate) class: Option<String>,
    /// Only sites in this country.
    #[arg(long)]
    pub(crate) country: Option<String>,
}

/// As of when, as known when.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Times {
    /// As of the end of this day, YYYY-MM-DD; each owner's own today where absent.
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// As known after this event, or at this time (RFC 3339); now where absent.
    #[arg(long, value_name = "SEQ|TIME")]
    pub(crate) known_at: Option<String>,
}
