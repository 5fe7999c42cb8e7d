//! Reserves: agreements, members, keys, commitments, pools and entitlements.

use books::acts as numbered;

use super::EventRef;
use super::words::{BaseKind, CashFor, Form as FormWord, KeyKind, MemberStatus, MoneyFor, TierKind};

super::object! {
    /// A member's weight in a key.
    Weight {
        /// The member.
        member: String,
        /// Any whole number; only the proportions count.
        weight: u64,
    }

    /// A member and a quantity.
    MemberQuantity {
        /// The member.
        member: String,
        /// How much, with its unit.
        quantity: String,
    }

    /// How material is released.
    Tier {
        /// Its name, by which activations cite it.
        name: String,
        /// What is done there.
        kind: TierKind,
        /// What opens it, in words.
        trigger: Option<String>,
        /// May any member open it, without the secretariat?
        automatic: Option<bool>,
    }

    /// A material that may stand for another.
    Substitute {
        /// What is delivered.
        material: String,
        /// What it stands for.
        instead_of: String,
        /// One accounting unit of it counts as this many parts per million of one accounting unit.
        factor_ppm: u64,
    }

    /// What the members agreed.
    Terms {
        /// Version, as the members call it.
        version: String,
        /// What may be missing of a part that still counts as fulfilled, in parts per million.
        tolerance_ppm: u32,
        /// Days between the notice of a member that leaves, and its leaving.
        notice_days: u16,
        /// Tiers of release.
        tiers: Option<Vec<Tier>>,
        /// Materials that may stand for others.
        substitutes: Option<Vec<Substitute>>,
        /// Does every member see what each was asked and did? Its own part alone where absent.
        open_board: Option<bool>,
    }

    /// A material whose entitlements are shared anew.
    Reapportion {
        /// The material.
        material: String,
        /// What one shown unit of it is valued at, such as `85.20 USD`.
        price: String,
    }

    /// Members agree on a reserve.
    EstablishReserve {
        /// Unique among reserves.
        reserve: String,
        /// For people.
        name: String,
        /// The party that owns what lies in the pool: registered for this alone, with no stock yet.
        pool: String,
        /// Who runs it; the party where absent.
        secretariat: Option<String>,
        /// Currency of its cash, ISO 4217.
        currency: String,
        /// The first version of its rules.
        terms: Terms,
    }

    /// The rules of a reserve get a new version.
    AmendReserve {
        /// The reserve.
        reserve: String,
        /// First day on which they are in force; the effective date where absent.
        first: Option<String>,
        /// The rules, in full.
        terms: Terms,
    }

    /// A reserve is wound up.
    WindUp {
        /// The reserve.
        reserve: String,
        /// Why.
        reason: String,
    }

    /// A member joins, is suspended or leaves.
    SetMember {
        /// The reserve.
        reserve: String,
        /// The member.
        member: String,
        /// How it stands from then on.
        status: MemberStatus,
        /// First day on which it holds; the effective date where absent.
        first: Option<String>,
        /// Its weight, where the key in force states weights.
        weight: Option<u64>,
        /// Materials whose entitlements are shared anew.
        reapportion: Option<Vec<Reapportion>>,
        /// Why.
        reason: Option<String>,
    }

    /// The allocation key of a reserve is set.
    SetKey {
        /// The reserve.
        reserve: String,
        /// How weights are found.
        kind: KeyKind,
        /// First day on which it is in force, past days included; the effective date where absent.
        first: Option<String>,
        /// Year of the recorded figures it goes by.
        year: Option<u16>,
        /// Weights, where they are stated. They need not add to 100.
        weights: Option<Vec<Weight>>,
        /// Materials whose entitlements are shared anew.
        reapportion: Option<Vec<Reapportion>>,
        /// For one material alone; for all that have none of their own where absent.
        material: Option<String>,
    }

    /// A year's consumption or net imports is recorded, or revised.
    RecordBase {
        /// Whose; the party's where absent.
        owner: Option<String>,
        /// Of which material.
        material: String,
        /// What it is of.
        kind: BaseKind,
        /// The calendar year.
        year: u16,
        /// How much, with its unit.
        quantity: String,
        /// More went out than came in: a net exporter.
        net_export: Option<bool>,
        /// Who published it.
        source: Option<String>,
    }

    /// Material to come, or money, is promised to a reserve.
    Commit {
        /// Unique among commitments.
        commitment: String,
        /// To which reserve.
        reserve: String,
        /// Who promises; the party where absent.
        member: Option<String>,
        /// Of which material; none where it is money.
        material: Option<String>,
        /// How much, with its unit, or an amount such as `1000.00 USD`.
        quantity: String,
        /// Day by which it should come.
        due: Option<String>,
        /// Tier of release it serves.
        tier: Option<String>,
    }

    /// A ticket or a delegation is agreed to by its beneficiary.
    Accept {
        /// The ticket or delegation.
        encumbrance: String,
        /// The sender's own reference.
        reference: Option<String>,
    }

    /// Stock goes into a pool and stays where it lies.
    Contribute {
        /// To which reserve.
        reserve: String,
        /// Who contributes; the party where absent.
        member: Option<String>,
        /// Which lot.
        lot: String,
        /// Where it lies and stays.
        site: String,
        /// How much, with its unit.
        quantity: String,
        /// The pledge it is given under.
        under: Option<String>,
        /// The commitment it fulfils.
        commitment: Option<String>,
        /// The sender's own reference.
        reference: Option<String>,
    }

    /// An entitlement goes to another member.
    TransferEntitlement {
        /// In which reserve.
        reserve: String,
        /// Who gives it; the party where absent.
        member: Option<String>,
        /// Who gets it.
        new_member: String,
        /// To which material.
        material: String,
        /// How much, with its unit.
        quantity: String,
        /// At what price, where it is sold.
        price: Option<String>,
        /// The sender's own reference.
        reference: Option<String>,
    }

    /// What is to be put back.
    NewDebt {
        /// Unique among debts.
        code: String,
        /// Day by which it should be back.
        due: String,
        /// Form in which it should be back; any where none is said.
        form: Option<FormWord>,
    }

    /// A member draws from a pool.
    Withdraw {
        /// From which reserve.
        reserve: String,
        /// Who draws; the party where absent.
        member: Option<String>,
        /// Which lot of the pool.
        lot: String,
        /// Where it lies.
        site: String,
        /// How much, with its unit.
        quantity: String,
        /// What is to be put back; nothing where the draw is for good.
        debt: Option<NewDebt>,
        /// Members that lend what exceeds the drawer's own entitlement.
        lenders: Option<Vec<MemberQuantity>>,
        /// The sender's own reference.
        reference: Option<String>,
    }

    /// What was drawn is put back.
    Replenish {
        /// Which debt.
        debt: String,
        /// Which lot: it passes to the pool, or, after a call, stays with the member as stock restored.
        lot: String,
        /// Where it lies and stays.
        site: String,
        /// How much of the lot, with its unit.
        quantity: String,
        /// The encumbrance it is given under.
        under: Option<String>,
        /// The sender's own reference.
        reference: Option<String>,
    }

    /// Money goes between a member and a reserve.
    SettleCash {
        /// Of which reserve.
        reserve: String,
        /// Who pays, or gets it back.
        member: String,
        /// What for.
        purpose: CashFor,
        /// How much, such as `1000.00 USD`.
        amount: String,
        /// The commitment in cash that it fulfils.
        commitment: Option<String>,
        /// The debt it settles.
        debt: Option<String>,
        /// How much of the debt, with its unit.
        quantity: Option<String>,
        /// The sender's own reference.
        reference: Option<String>,
    }

    /// A reserve spends or earns money: the sign is that of the purpose, and nothing is spent that is not there.
    BookCash {
        /// Of which reserve.
        reserve: String,
        /// What for.
        purpose: MoneyFor,
        /// How much, such as `1000.00 USD`.
        amount: String,
        /// Which member has to pay a penalty.
        member: Option<String>,
        /// Who was paid, or paid.
        counterparty: Option<String>,
        /// The event that it pays for: a receipt, a sale, a default.
        event: Option<EventRef>,
        /// Who decided it: the number of a decision, a minute.
        decision: Option<String>,
        /// The sender's own reference.
        reference: Option<String>,
    }

    /// What lies between a pool's stock and its entitlements is shared among the members.
    ShareDifference {
        /// Of which reserve.
        reserve: String,
        /// Of which material.
        material: String,
        /// Why it is there.
        reason: String,
    }
}

super::form::form! {
    Weight = books::reserve::Weight {
        member: Party,
        weight: Same,
    }
    Tier = books::reserve::Tier {
        name: Same,
        kind: Word,
        trigger: Same,
        automatic: Flag,
    }
    Substitute = books::reserve::Substitute {
        material: Material,
        instead_of: Material,
        factor_ppm: Same,
    }
    Terms = books::reserve::Terms {
        version: Same,
        tolerance_ppm: Same,
        notice_days: Same,
        tiers: Item,
        substitutes: Item,
        open_board: Same,
    }
    Reapportion = numbered::reapportion::Reapportion {
        material: Material,
        price: Price,
    }
    EstablishReserve = numbered::agreement::EstablishReserve {
        reserve: Same,
        name: Same,
        pool: Party,
        secretariat: Owner,
        currency: Same,
        terms: Item,
    }
    AmendReserve = numbered::agreement::AmendReserve {
        reserve: Reserve,
        first: Day,
        terms: Item,
    }
    WindUp = numbered::agreement::WindUp {
        reserve: Reserve,
        reason: Same,
    }
    SetMember = numbered::membership::SetMember {
        reserve: Reserve,
        member: Party,
        status: Word,
        first: Day,
        weight: Same,
        reapportion: Item,
        reason: Same,
    }
    SetKey = numbered::key::SetKey {
        reserve: Reserve,
        kind: Word,
        first: Day,
        year: Same,
        weights: Item,
        reapportion: Item,
        material: Material,
    }
    RecordBase = numbered::base::RecordBase {
        owner: Owner,
        material: Material,
        kind: Word,
        year: Same,
        quantity: Of(material),
        net_export: Flag,
        source: Same,
    }
    Commit = numbered::commit::Commit {
        commitment: Same,
        reserve: Reserve,
        member: Owner,
        material: Material,
        quantity: OfMaterialOrMoney(material, reserve),
        due: Day,
        tier: Same,
    }
    Accept = numbered::accept::Accept {
        encumbrance: Encumbrance,
        reference: Same,
    }
    Contribute = numbered::contribute::Contribute {
        reserve: Reserve,
        member: Owner,
        lot: Lot,
        site: Site,
        quantity: Of(lot),
        under: Encumbrance,
        commitment: Commitment,
        reference: Same,
    }
    TransferEntitlement = numbered::entitlement::TransferEntitlement {
        reserve: Reserve,
        member: Owner,
        new_member: Party,
        material: Material,
        quantity: Of(material),
        price: Price,
        reference: Same,
    }
    NewDebt = numbered::withdraw::NewDebt {
        code: Same,
        due: Day,
        form: Word,
    }
    Withdraw = numbered::withdraw::Withdraw {
        reserve: Reserve,
        member: Owner,
        lot: Lot,
        site: Site,
        quantity: Of(lot),
        debt: Item,
        lenders: MemberPart(lot),
        reference: Same,
    }
    Replenish = numbered::replenish::Replenish {
        debt: Debt,
        lot: Lot,
        site: Site,
        quantity: Of(lot),
        under: Encumbrance,
        reference: Same,
    }
    SettleCash = numbered::settle_cash::SettleCash {
        reserve: Reserve,
        member: Party,
        purpose: Word,
        amount: Money(reserve),
        commitment: Commitment,
        debt: Debt,
        quantity: OfDebt(debt),
        reference: Same,
    }
    BookCash = numbered::book_cash::BookCash {
        reserve: Reserve,
        purpose: Word,
        amount: Money(reserve),
        member: Party,
        counterparty: Same,
        event: Event,
        decision: Same,
        reference: Same,
    }
    ShareDifference = numbered::share_difference::ShareDifference {
        reserve: Reserve,
        material: Material,
        reason: Same,
    }
}
