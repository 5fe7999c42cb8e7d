//! Reserves: agreements, members, keys, commitments, pools and entitlements.

use books::acts as numbered;

use super::words::{BaseKind, CashFor, Form as FormWord, KeyKind, MemberStatus, TierKind};

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

super::codec::form! {
    Weight = books::reserve::Weight {
        member: party,
        weight: same,
    }
    Tier = books::reserve::Tier {
        name: same,
        kind: word,
        trigger: same,
        automatic: flag,
    }
    Substitute = books::reserve::Substitute {
        material: material,
        instead_of: material,
        factor_ppm: same,
    }
    Terms = books::reserve::Terms {
        version: same,
        tolerance_ppm: same,
        notice_days: same,
        tiers: list_if,
        substitutes: list_if,
    }
    Reapportion = numbered::reapportion::Reapportion {
        material: material,
        price: price,
    }
    EstablishReserve = numbered::agreement::EstablishReserve {
        reserve: same,
        name: same,
        pool: party,
        secretariat: owner,
        currency: same,
        terms: item,
    }
    AmendReserve = numbered::agreement::AmendReserve {
        reserve: reserve,
        first: day_if,
        terms: item,
    }
    WindUp = numbered::agreement::WindUp {
        reserve: reserve,
        reason: same,
    }
    SetMember = numbered::membership::SetMember {
        reserve: reserve,
        member: party,
        status: word,
        first: day_if,
        weight: same,
        reapportion: list_if,
        reason: same,
    }
    SetKey = numbered::key::SetKey {
        reserve: reserve,
        kind: word,
        first: day_if,
        year: same,
        weights: list_if,
        reapportion: list_if,
    }
    RecordBase = numbered::base::RecordBase {
        owner: owner,
        material: material,
        kind: word,
        year: same,
        quantity: of_material(material),
        net_export: flag,
        source: same,
    }
    Commit = numbered::commit::Commit {
        commitment: same,
        reserve: reserve,
        member: owner,
        material: material_if,
        quantity: material_or_money(material, reserve),
        due: day_if,
        tier: same,
    }
    Accept = numbered::accept::Accept {
        encumbrance: encumbrance,
        reference: same,
    }
    Contribute = numbered::contribute::Contribute {
        reserve: reserve,
        member: owner,
        lot: lot,
        site: site,
        quantity: of_lot(lot),
        under: encumbrance_if,
        commitment: commitment_if,
        reference: same,
    }
    TransferEntitlement = numbered::entitlement::TransferEntitlement {
        reserve: reserve,
        member: owner,
        new_member: party,
        material: material,
        quantity: of_material(material),
        price: price_if,
        reference: same,
    }
    NewDebt = numbered::withdraw::NewDebt {
        code: same,
        due: day,
        form: word_if,
    }
    Withdraw = numbered::withdraw::Withdraw {
        reserve: reserve,
        member: owner,
        lot: lot,
        site: site,
        quantity: of_lot(lot),
        debt: item_if,
        lenders: parts_of_lot(lot),
        reference: same,
    }
    Replenish = numbered::replenish::Replenish {
        debt: debt,
        lot: lot,
        site: site,
        quantity: of_lot(lot),
        under: encumbrance_if,
        reference: same,
    }
    SettleCash = numbered::settle_cash::SettleCash {
        reserve: reserve,
        member: party,
        purpose: word,
        amount: money(reserve),
        commitment: commitment_if,
        debt: debt_if,
        quantity: of_debt_if(debt),
        reference: same,
    }
    ShareDifference = numbered::share_difference::ShareDifference {
        reserve: reserve,
        material: material,
        reason: same,
    }
}
