//! What can be typed after `granary reserve`.

use clap::{Args, Subcommand};

use super::{Dir, Shown};

/// Ask about shared reserves: pools and entitlements, calls, joint procurement, rights, restrictions, cover and stress.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  granary reserve status --dir my-ledger\n  granary reserve board --call CA-2022-1 --dir my-ledger --format csv"
)]
pub(crate) struct Reserve {
    #[command(subcommand)]
    pub(crate) what: What,
}

/// Which ledger, which form.
#[derive(Debug, Args)]
pub(crate) struct Common {
    #[command(flatten)]
    pub(crate) dir: Dir,
    #[command(flatten)]
    pub(crate) shown: Shown,
    /// As of the end of this day, YYYY-MM-DD; today where absent.
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// As known after this event, or at this time, of what lies in pools, entitlements, debts and calls; now where absent.
    #[arg(long, value_name = "EVENT|TIME")]
    pub(crate) known_at: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum What {
    /// Show what lies in reserves, what members may claim of it, and what is promised.
    Status {
        /// Which reserve; all where absent.
        reserve: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Show who takes part, with what weight, and how each stands in cash.
    Members {
        /// Which reserve.
        reserve: String,
        /// Weights for this material, where the key goes by figures or pledges.
        #[arg(long)]
        material: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Show who may draw what.
    Entitlements {
        /// Which reserve; all where absent.
        reserve: Option<String>,
        /// Whose.
        #[arg(long)]
        member: Option<String>,
        /// To which material.
        #[arg(long)]
        material: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Show what must be put back, by when, and how late it is.
    Debts {
        /// Under which reserve; all where absent.
        reserve: Option<String>,
        /// Whose.
        #[arg(long)]
        member: Option<String>,
        /// Show debts that are paid too.
        #[arg(long)]
        paid: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Show what is promised: named lots, forward, in cash, by ticket or delegation, bound to calls.
    Promises {
        /// To which reserve; to anybody where absent.
        reserve: Option<String>,
        /// By whom.
        #[arg(long)]
        member: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Show all calls, each in one line.
    Calls {
        /// Of which reserve; of all where absent.
        reserve: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Show the board of one call: asked, committed, delivered, outstanding and late, member by member.
    Board {
        /// Which call.
        #[arg(long)]
        call: String,
        #[command(flatten)]
        common: Common,
    },
    /// Divide a call again, under the rules and figures then in force and known.
    Allocation {
        /// Which call.
        #[arg(long)]
        call: String,
        #[command(flatten)]
        common: Common,
    },
    /// Explain a recompute of shares line by line.
    Recompute {
        /// The event that shared entitlements anew.
        #[arg(long)]
        event: u64,
        #[command(flatten)]
        common: Common,
    },
    /// Show joint orders by buyer, and whether the split followed the key.
    Orders {
        /// Which order; all where absent.
        order: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Show what came in over a window, by source and origin, and what lay below a price floor.
    Receipts {
        /// From this day on.
        #[arg(long, value_name = "DATE")]
        from: Option<String>,
        /// Through this day.
        #[arg(long, value_name = "DATE")]
        through: Option<String>,
        /// Of this material.
        #[arg(long)]
        material: Option<String>,
        /// Into the stock of this party.
        #[arg(long)]
        party: Option<String>,
        /// From this source: primary, recycled, seabed, domestic, joint_procurement, ...
        #[arg(long)]
        source: Option<String>,
        /// Below a price floor only.
        #[arg(long)]
        below_floor: bool,
        /// Show shares by source, supplier, mined, separated, refined or manufactured, and not the receipts.
        #[arg(long)]
        by: Option<String>,
        /// Shares in this basis: REO, contained:Nd, ...
        #[arg(long)]
        basis: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Show rights to material not yet made, beside what of them is in transit and on hand.
    Rights {
        /// To which material.
        #[arg(long)]
        material: Option<String>,
        /// From which project.
        #[arg(long)]
        project: Option<String>,
        /// Show rights of which nothing is open too.
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Show requests for access: who asked, who got, how long it took, was the rule the same.
    Access {
        /// Of which reserve; of all where absent.
        reserve: Option<String>,
        /// granted, refused or open.
        #[arg(long)]
        outcome: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Show lots that may not move to a country.
    Blocked {
        /// To which country; to any where absent.
        #[arg(long)]
        to: Option<String>,
        /// For which use.
        #[arg(long = "use")]
        end_use: Option<String>,
        /// Of whose stock.
        #[arg(long)]
        party: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Show days of cover on the net imports or consumption of a stated year; each tonne counts once.
    Cover {
        /// consumption or net_imports.
        #[arg(long)]
        base: String,
        /// The year.
        #[arg(long)]
        year: u16,
        /// Of which material.
        #[arg(long)]
        material: Option<String>,
        /// Of which party.
        #[arg(long)]
        party: Option<String>,
        /// Taken off as not to be had in practice, in per cent.
        #[arg(long)]
        deduct: Option<u32>,
        #[command(flatten)]
        common: Common,
    },
    /// Show plan ceilings and authorisations: how much is executed, and what is left.
    Plan {
        /// Which authority; all where absent.
        authority: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Show what can be had at sites within some days.
    Reach {
        /// Within this many days.
        #[arg(long)]
        within: u32,
        /// At which site.
        #[arg(long)]
        site: Option<String>,
        /// Of which material.
        #[arg(long)]
        material: Option<String>,
        /// In which form.
        #[arg(long)]
        form: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Check limits on concentration, and targets for dependence with their path.
    Limits {
        /// Which limit; all where absent.
        limit: Option<String>,
        /// Those that are broken only.
        #[arg(long)]
        breached: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Show what it means when a country stops delivering.
    Stress {
        /// Which country, ISO 3166-1 alpha-2.
        #[arg(long)]
        country: String,
        /// At which stage it counts: mining, separation, refining, manufacturing.
        #[arg(long)]
        stage: Option<String>,
        /// Whose stock.
        #[arg(long)]
        party: Option<String>,
        /// Of which material.
        #[arg(long)]
        material: Option<String>,
        /// Need by this figure of a year: consumption or net_imports.
        #[arg(long)]
        base: Option<String>,
        /// The year.
        #[arg(long)]
        year: Option<u16>,
        #[command(flatten)]
        common: Common,
    },
}
