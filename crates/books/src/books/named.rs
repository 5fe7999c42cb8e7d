//! Things that are found by their code, one way for all that came after the first eight kinds.

use super::Books;
use crate::access::Request;
use crate::base::{Base, BaseKind};
use crate::call::{Activation, Call};
use crate::commitment::Commitment;
use crate::comparing::Publication;
use crate::debt::Debt;
use crate::difference::{Break, HandMatch};
use crate::fact::{Fact, LogKey, TrustedLog};
use crate::mandate::Mandate;
use crate::number::{
    ActivationNo, BreakNo, CallNo, CommitmentNo, DebtNo, FactNo, FloorNo, LicenceNo, MandateNo, MatchNo, MaterialNo,
    OrderNo, PartyNo, PersonNo, PublicationNo, ReportNo, RequestNo, ReserveNo, RestrictionNo, RightNo, Seq,
    ShareLimitNo, TrustNo,
};
use crate::person::Person;
use crate::procurement::{Floor, Order};
use crate::rejection::Kind;
use crate::report::Report;
use crate::reserve::Reserve;
use crate::restriction::{Licence, Restriction};
use crate::right::Right;
use crate::rows::Rows;
use crate::share_limit::ShareLimit;
use crate::table::Table;
use crate::trial::Keyed;

/// Rows by kind and code; made anew from the tables when the books are opened.
#[derive(Clone, Debug, Default)]
pub(super) struct Named(pub(super) Keyed<(Kind, String), Rows>);

impl Named {
    pub(super) fn rows_of(&self, kind: Kind, code: &str) -> &[u32] {
        self.0.get(&(kind, code.to_owned())).map(Rows::as_slice).unwrap_or_default()
    }

    fn note(&mut self, kind: Kind, code: String, row: u32) {
        self.0.or_insert_with((kind, code), || Rows::One(row)).add(row);
    }
}

macro_rules! named {
    ($($table:ident: $row:ident, $number:ident, $kind:ident, $find:ident, $get:ident, $push:ident, $doc:literal, $all:literal;)*) => {
        impl Books {
            $(
                #[doc = $all]
                #[must_use]
                pub fn $table(&self) -> &[$row] {
                    self.$table.rows()
                }

                #[doc = $doc]
                #[must_use]
                pub fn $find(&self, code: &str) -> Option<$number> {
                    self.index.named.rows_of(Kind::$kind, code).last().copied().map($number)
                }

                /// The row with this number, which comes from these books.
                #[must_use]
                pub fn $get(&self, number: $number) -> &$row {
                    self.$table.row(number.0)
                }

                pub(crate) fn $push(&mut self, row: $row) {
                    let code = row.code.clone();
                    let number = self.$table.push(row);
                    self.index.named.note(Kind::$kind, code, number);
                }
            )*

            pub(super) fn reindex_named(&mut self) {
                self.index.named = Named::default();
                $(
                    for (row, thing) in (0u32..).zip(self.$table.rows()) {
                        self.index.named.note(Kind::$kind, thing.code.clone(), row);
                    }
                )*
            }

            /// The code of a numbered thing of these kinds, for people.
            #[must_use]
            pub fn named_code(&self, kind: Kind, row: u32) -> &str {
                let code = match kind {
                    $(Kind::$kind => self.$table.get(row).map(|thing| thing.code.as_str()),)*
                    Kind::Encumbrance => self.encumbrances.get(row).map(|encumbrance| encumbrance.code.as_str()),
                    Kind::Lot => self.lots.get(row).map(|lot| lot.facts.code.as_str()),
                    Kind::Party
                    | Kind::Material
                    | Kind::Site
                    | Kind::Dispatch
                    | Kind::Loan
                    | Kind::Authority => None,
                };
                code.unwrap_or("(unknown)")
            }
        }
    };
}

named! {
    reserves: Reserve, ReserveNo, Reserve, reserve_no, reserve, push_reserve, "Number of a reserve by its code.",
        "All reserves, by number.";
    commitments: Commitment, CommitmentNo, Commitment, commitment_no, commitment, push_commitment,
        "Number of a commitment by its code.", "All commitments, by number.";
    debts: Debt, DebtNo, Debt, debt_no, debt, push_debt, "Number of a debt by its code.", "All debts, by number.";
    activations: Activation, ActivationNo, Activation, activation_no, activation, push_activation,
        "Number of an activation by its code.", "All activations, by number.";
    calls: Call, CallNo, Call, call_no, call, push_call, "Number of a call by its code.", "All calls, by number.";
    orders: Order, OrderNo, Order, order_no, order, push_order, "Number of a joint order by its code.",
        "All joint orders, by number.";
    floors: Floor, FloorNo, Floor, floor_no, floor, push_floor, "Number of a price floor by its code.",
        "All price floors, by number.";
    rights: Right, RightNo, Right, right_no, right, push_right, "Number of a right by its code.",
        "All rights, by number.";
    restrictions: Restriction, RestrictionNo, Restriction, restriction_no, restriction, push_restriction,
        "Number of a restriction by its code.", "All restrictions, by number.";
    licences: Licence, LicenceNo, Licence, licence_no, licence, push_licence, "Number of a licence by its code.",
        "All licences, by number.";
    share_limits: ShareLimit, ShareLimitNo, ShareLimit, share_limit_no, share_limit, push_share_limit,
        "Number of a limit on concentration by its code.", "All limits on concentration, by number.";
    requests: Request, RequestNo, Request, request_no, request, push_request,
        "Number of a request by its code.", "All requests for access, by number.";
    reports: Report, ReportNo, Report, report_no, report, push_report, "Number of a report by its code.",
        "All reports, by number.";
    breaks: Break, BreakNo, Break, break_no, a_break, push_break_row, "Number of a break by its code.",
        "All breaks, by number.";
    hand_matches: HandMatch, MatchNo, Match, match_no, hand_match, push_match, "Number of a match by hand by its code.",
        "All matches by hand, by number.";
    publications: Publication, PublicationNo, Publication, publication_no, publication, push_publication,
        "Number of a publication by its code.", "All publications, by number.";
    trusted_logs: TrustedLog, TrustNo, TrustedLog, trusted_log_no, trusted_log, push_trusted_log,
        "Number of a trusted log by its origin.", "All logs of other ledgers that are or were trusted, by number.";
    persons: Person, PersonNo, Person, person_no, person, push_person, "Number of a person by its code.",
        "All persons, by number.";
    mandates: Mandate, MandateNo, Mandate, mandate_no, mandate, push_mandate, "Number of a mandate by its code.",
        "All mandates, by number.";
    facts: Fact, FactNo, Fact, fact_no, fact, push_fact, "Number of a fact by its code.",
        "All facts of other ledgers, by number.";
}

impl Books {
    /// All recorded figures of consumption and net imports, revisions included, in the order of recording.
    #[must_use]
    pub fn bases(&self) -> &[Base] {
        self.bases.rows()
    }

    /// All figures of a year, in the order of recording.
    pub(crate) fn figures(
        &self,
        (party, material): (PartyNo, MaterialNo),
        kind: BaseKind,
        year: u16,
    ) -> impl Iterator<Item = &Base> + Clone {
        let rows = self.index.bases.get(&(party, material)).map_or(&[][..], Vec::as_slice);
        rows.iter().map(|row| self.bases.row(*row)).filter(move |base| base.kind == kind && base.year == year)
    }

    /// A figure as known at an event, by which a key goes: the last one recorded by then.
    pub(crate) fn base_at(
        &self,
        party: PartyNo,
        material: MaterialNo,
        kind: BaseKind,
        year: u16,
        known: Seq,
    ) -> Option<i64> {
        let known = self.figures((party, material), kind, year).filter(|base| base.seq <= known);
        known.last().map(|base| base.units)
    }

    pub(crate) fn push_base(&mut self, base: Base) {
        let key = (base.party, base.material);
        let row = self.bases.push(base);
        self.index.bases.or_default(key).push(row);
    }

    pub(super) fn reindex_bases(&mut self) {
        for (row, base) in (0u32..).zip(self.bases.rows()) {
            self.index.bases.or_default((base.party, base.material)).push(row);
        }
    }

    /// The reserve whose pool a party is.
    #[must_use]
    pub fn pool_of(&self, party: PartyNo) -> Option<ReserveNo> {
        self.index.pools.get(&party).copied()
    }

    /// Can a party own what lies in a pool: one of these made it for that, and it was never anything else, so that nobody's stock
    /// gets under another's hand, today or later? An agency that has nothing yet is not there for the taking.
    pub(crate) fn can_be_pool(&self, party: PartyNo, made_by: [PartyNo; 2]) -> bool {
        let facts = self.party(party);
        let is_made = facts.by.is_some_and(|by| made_by.contains(&by));
        let had_keys = !facts.keys.is_empty() || facts.past_keys.is_some();
        let has_rights = self.tallies.rows().iter().any(|tally| tally.key.party == party)
            || self.mandates.rows().iter().any(|mandate| mandate.owner == party || mandate.to == party)
            || self.encumbrances.rows().iter().any(|claim| claim.beneficiary == Some(party));
        let owns = self.accounts.rows().iter().any(|account| account.key.owner == party);
        let keeps = self.places.rows().iter().any(|place| place.site().is_some_and(|site| site.custodian == party));
        let takes_part = self.reserves.rows().iter().any(|reserve| {
            reserve.pool == party || reserve.secretariat == party || reserve.ever_invited().contains(&party)
        });
        let acts = facts.acted.is_some() || self.persons.rows().iter().any(|person| person.party == party);
        is_made && !(had_keys || has_rights || owns || keeps || takes_part || acts)
    }

    /// The mandates that one party gave another and that were not ended.
    pub(crate) fn mandates_of(&self, owner: PartyNo, to: PartyNo) -> impl Iterator<Item = (MandateNo, &Mandate)> {
        let all = (0u32..).map(MandateNo).zip(self.mandates.rows());
        all.filter(move |(_, row)| row.owner == owner && row.to == to && row.ended.is_none())
    }

    pub(crate) fn has_pools(&self) -> bool {
        !self.index.pools.is_empty()
    }

    pub(crate) fn index_pool(&mut self, reserve: ReserveNo) {
        let pool = self.reserves.row(reserve.0).pool;
        self.index.pools.insert(pool, reserve);
    }

    pub(super) fn reindex_pools(&mut self) {
        for row in 0..self.reserves.row_count() {
            self.index_pool(ReserveNo(row));
        }
    }

    /// The keys to which this ledger's log was rotated, in order; none while it has its first one.
    #[must_use]
    pub fn log_keys(&self) -> &[LogKey] {
        self.log_keys.rows()
    }

    pub(crate) fn trusted_log_mut(&mut self, number: TrustNo) -> &mut TrustedLog {
        Table::row_mut(&mut self.trusted_logs, number.0)
    }

    pub(crate) fn reserve_mut(&mut self, reserve: ReserveNo) -> &mut Reserve {
        Table::row_mut(&mut self.reserves, reserve.0)
    }
}
