//! What a line of each list says.

#![expect(unreachable_pub, reason = "one macro declares all records, those of other modules as public ones")]

use crate::record::records;

records! {
    /// A party.
    PartyLine {
        /// Its code.
        code: String as Code,
        /// Its name.
        name: String,
        /// Its role.
        role: String as Word(role),
        /// Its country.
        country: Option<String> as Code,
        /// Its time zone.
        zone: Option<String> as Code,
        /// The last day of its last closed period.
        closed_through: Option<String> as Day,
    }

    /// A material.
    MaterialLine {
        /// Its code.
        code: String as Code,
        /// Its name.
        name: String,
        /// Heading of the Harmonized System.
        hs: Option<String> as Code,
        /// Its form.
        form: String as Word(form),
        /// Its accounting unit.
        unit: String as Code,
        /// Decimals of that unit that count.
        decimals: u8,
        /// What its quantities count.
        basis: String as Code,
        /// Need a day.
        requirement_per_day: Option<String> as Quantity,
        /// What should be held.
        goal: Option<String> as Quantity,
        /// Above this, a checker is needed.
        dual_control_above: Option<String> as Quantity,
        /// Does every draw need an authority?
        authority_required: bool,
    }

    /// A site.
    SiteLine {
        /// Its code.
        code: String as Code,
        /// Its name.
        name: String,
        /// Who keeps it.
        custodian: String as Code,
        /// Its country.
        country: String as Code,
        /// How stock is measured there.
        area: String as Word(area),
        /// Government, agency, obligated, commercial.
        class: Option<String> as Code,
    }

    /// A lot with its facts and its last assay.
    LotLine {
        /// Its code.
        code: String as Code,
        /// Its material.
        material: String as Code,
        /// Its form.
        form: String as Word(form),
        /// Its source kind.
        source: String as Word(source),
        /// Country where it was mined.
        mined: Option<String> as Code,
        /// Country where it was separated.
        separated: Option<String> as Code,
        /// Country where it was refined.
        refined: Option<String> as Code,
        /// Its last assay.
        assay: Option<String>,
        /// Who supplied it.
        supplier: Option<String>,
        /// What it cost.
        price: Option<String>,
        /// How many documents it has.
        documents: u64,
        /// The event that registered it.
        event: u64 as Event,
    }

    /// An encumbrance with what is left of it.
    EncumbranceLine {
        /// Its code.
        code: String as Code,
        /// Its kind.
        kind: String as Word(encumbrance),
        /// The lot.
        lot: String as Code,
        /// Where it lies.
        site: String as Code,
        /// Whose it is.
        owner: String as Code,
        /// What was set aside.
        reserved: String as Quantity,
        /// What is left of that.
        left: String as Quantity,
        /// What of it does not lie there: less was found than is set aside.
        short: String as Quantity,
        /// Its first day.
        first: Option<String> as Day,
        /// Its last day.
        last: Option<String> as Day,
        /// For whom.
        beneficiary: Option<String> as Code,
        /// Under which agreement.
        agreement: Option<String> as Code,
    }

    /// An authority with what is left of it.
    AuthorityLine {
        /// Its code.
        code: String as Code,
        /// Who may act under it.
        holder: String as Code,
        /// Acquisition or release.
        direction: String as Word(direction),
        /// Most that it allows.
        ceiling: String as Quantity,
        /// What was done under it.
        used: String as Quantity,
        /// What may still be done.
        left: String as Quantity,
        /// Its first day.
        first: Option<String> as Day,
        /// Its last day.
        last: Option<String> as Day,
        /// What it rests on.
        basis: Option<String>,
    }

    /// What is away: on its way, or on loan.
    AwayLine {
        /// The dispatch or loan.
        code: String as Code,
        /// The lot.
        lot: String as Code,
        /// Whose it is.
        owner: String as Code,
        /// What is still away.
        outstanding: String as Quantity,
        /// Where it left.
        source: Option<String> as Code,
        /// Where it goes, or who borrowed it.
        target: String as Code,
        /// Who carries it.
        carrier: Option<String>,
        /// When it should be there, or back.
        due: Option<String> as Day,
        /// Is that day over?
        overdue: bool,
    }

    /// Limits on an account.
    LimitLine {
        /// The lot.
        lot: String as Code,
        /// The site.
        site: String as Code,
        /// The owner.
        owner: String as Code,
        /// Least that must stay.
        floor: Option<String> as Quantity,
        /// Most that may lie there.
        ceiling: Option<String> as Quantity,
    }

    /// A command that waits for a checker.
    HeldLine {
        /// The event that holds it.
        event: u64 as Event,
        /// Who posted it.
        party: String as Code,
        /// Which person made it.
        maker: String as Code,
        /// When it would take effect.
        effective: String as Day,
        /// What it would do.
        act: String as Code,
        /// To which lot.
        lot: Option<String> as Code,
        /// With how much.
        quantity: Option<String> as Quantity,
        /// Where.
        site: Option<String> as Code,
    }

    /// A shared reserve.
    ReserveLine {
        /// Its code.
        code: String as Code,
        /// Its name.
        name: String,
        /// The party that owns its pool.
        pool: String as Code,
        /// Who runs it.
        secretariat: String as Code,
        /// Currency of its cash.
        currency: String as Code,
        /// Being wound up since this day.
        winding_up: Option<String> as Day,
    }

    /// A call.
    CallLine {
        /// Its code.
        code: String as Code,
        /// Of which reserve.
        reserve: String as Code,
        /// Of which material.
        material: String as Code,
        /// Its day.
        effective: String as Day,
        /// Day by which it should be delivered.
        due: Option<String> as Day,
        /// Has it ended?
        ended: bool,
    }

    /// A joint order.
    OrderLine {
        /// Its code.
        code: String as Code,
        /// Who runs it.
        secretariat: String as Code,
        /// Of which material.
        material: String as Code,
        /// To whom it went.
        supplier: Option<String>,
        /// Day by which it should be delivered.
        due: Option<String> as Day,
    }

    /// A mandate.
    MandateLine {
        /// Its code.
        mandate: String as Code,
        /// Who gave it.
        owner: String as Code,
        /// Who may act under it.
        to: String as Code,
        /// Which acts; every one that a mandate can be for where none is named.
        acts: Option<String>,
        /// Of which material.
        material: Option<String> as Code,
        /// At which site.
        site: Option<String> as Code,
        /// How much of it is left; as much as there is where absent.
        left: Option<String> as Quantity,
        /// Unit and basis of the number.
        unit: Option<String> as Code,
        /// First day of what is done under it.
        first: String as Day,
        /// Last day.
        last: Option<String> as Day,
        /// The event that ended it.
        ended: Option<u64> as Event,
    }

    /// Something set for some days.
    RuleLine {
        /// The act that sets it.
        act: String as Code,
        /// What it is about: its own code, a material, a lot, a site, a party or a method.
        of: Option<String> as Code,
        /// What it says.
        says: String,
        /// Its first day.
        first: Option<String> as Day,
        /// Its last day.
        last: Option<String> as Day,
        /// What it rests on, or who stated it.
        basis: Option<String>,
        /// The event that set it.
        event: u64 as Event,
    }

    /// A person.
    PersonLine {
        /// Its number in the log.
        person: String as Code,
        /// For whom it acts.
        party: String as Code,
        /// Its public key; none where a token alone names it.
        key: Option<String> as Code,
        /// The event since which it acts for its party no more.
        ended: Option<u64> as Event,
    }

    /// A key of a party.
    KeyLine {
        /// Whose.
        party: String as Code,
        /// The public key.
        key: String as Code,
    }
}
