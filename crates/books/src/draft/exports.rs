//! What may not leave: restrictions, asked of everything that an event moves from one country to another, and licences drawn
//! down by it.
//!
//! No act asks this itself. An act says where what it moves is bound for and under which licence ([`Draft::goes`]); the draft
//! reads off its entries what crosses a border: from place to place, out of a site and in again at another as other lots,
//! through a dispatch that arrives elsewhere than it was sent, out of the books to a country that is named.

use measure::Quantity;

use super::Draft;
use crate::acts::Act;
use crate::event::Entry;
use crate::number::{AccountNo, LicenceNo, LotNo, MaterialNo, PartyNo, PlaceNo, RestrictionNo};
use crate::place::{Place, Transit};
use crate::rejection::{Fault, Kind, Rejection};
use crate::restriction::Restriction;
use crate::tally::{TallyKey, TallyKind};

/// Where what an act moves goes, and under what.
#[derive(Clone, Default)]
pub(crate) struct Terms {
    /// The country, where it is not that of the place it comes to.
    pub(crate) destination: Option<String>,
    /// What it is for.
    pub(crate) end_use: Option<String>,
    /// The licence it goes under.
    pub(crate) licence: Option<LicenceNo>,
}

/// Some of a lot that goes from one country to another.
struct Crossing {
    lot: LotNo,
    /// Its own material, and those as which it comes out.
    materials: Vec<MaterialNo>,
    owner: PartyNo,
    quantity: Quantity,
    /// The country that it leaves.
    from: String,
    destination: String,
    /// Where it was sent across a border before: what was asked then is not asked again.
    sent_to: Option<String>,
    terms: Terms,
}

/// One end of what leaves a country, or comes to one, through a place where lots become others.
struct Leg {
    through: PlaceNo,
    owner: PartyNo,
    lot: LotNo,
    quantity: Quantity,
    country: String,
}

impl Draft<'_> {
    /// What follows moves under these terms.
    pub(crate) fn goes(&mut self, terms: Terms) {
        self.terms = terms;
    }

    /// May everything go that the act moves from one country to another? Licences that let it through are drawn down.
    pub(crate) fn check_exports(&mut self) {
        if self.books.restrictions.rows().is_empty() {
            return;
        }
        for crossing in self.crossings() {
            self.check_crossing(&crossing);
        }
    }

    /// A site that comes to lie in another country takes with it all that lies there: what may not go there stops it. No licence
    /// lets it through, for it says of no quantity that it goes.
    pub(crate) fn check_moved_site(&mut self, site: PlaceNo, destination: &str) {
        if self.books.restrictions.rows().is_empty() || self.country(site) == destination {
            return;
        }
        let here =
            (0u32..).map(AccountNo).zip(self.books.accounts.rows()).filter(|(_, account)| account.key.place == site);
        let held = here.filter_map(|(number, account)| {
            let rows = self.days(number, self.day);
            let most = rows.rows().iter().filter(|row| row.day > self.day).map(|row| row.sums.on_hand);
            let most = most.chain([rows.at(self.day).unwrap_or_default().on_hand]).max()?;
            Some((account.key, Quantity::new(most.max(0))?)).filter(|(_, most)| !most.is_zero())
        });
        for (key, quantity) in held.collect::<Vec<_>>() {
            let (lot, owner, destination) = (key.lot, key.owner, destination.to_owned());
            let (materials, terms) = (vec![self.material(lot)], Terms::default());
            let (from, sent_to) = (self.country(site), None);
            self.check_crossing(&Crossing { lot, materials, owner, quantity, from, destination, sent_to, terms });
        }
    }

    fn crossings(&self) -> Vec<Crossing> {
        let (mut found, mut left, mut came) = (Vec::new(), Vec::new(), Vec::new());
        for entry in self.effects.entries.iter().skip(self.put_back) {
            let (source, target) = (self.key(entry.source), self.key(entry.target));
            let leg = |through, country| {
                let (owner, lot, quantity) = (source.owner, source.lot, entry.quantity);
                Leg { through, owner, lot, quantity, country }
            };
            let to = self.terms.destination.clone().or_else(|| self.country_to(target.place));
            match (self.country_from(source.place), to) {
                (Some(from), Some(to)) if from != to => found.extend(self.direct(entry, &from, to)),
                (Some(from), None) => left.push(leg(target.place, from)),
                (None, Some(to)) => came.push(leg(source.place, to)),
                (Some(_), Some(_)) | (None, None) => {}
            }
        }
        self.pair(&left, &came, &mut found);
        found
    }

    /// From one place to another. What arrives where it was sent was asked when it left.
    fn direct(&self, entry: &Entry, from: &str, destination: String) -> Option<Crossing> {
        let (source, target) = (self.key(entry.source), self.key(entry.target));
        let (mut terms, mut sent_to) = (self.terms.clone(), None);
        if let Some(Place::Transit(transit)) = self.books.places.get(source.place.0) {
            if transit.target == target.place {
                return None;
            }
            // What is taken elsewhere goes under a licence of its own.
            let licence = terms.licence;
            terms = self.terms_of(transit);
            terms.licence = licence.or(terms.licence);
            sent_to = Some(self.country(transit.target)).filter(|country| country != from);
        }
        let materials = vec![self.material(source.lot)];
        let (lot, owner, quantity) = (source.lot, source.owner, entry.quantity);
        let from = from.to_owned();
        Some(Crossing { lot, materials, owner, quantity, from, destination, sent_to, terms })
    }

    /// What goes out in one country, and what comes in for it in another: both are asked, and what goes out also as what it
    /// becomes.
    fn pair(&self, left: &[Leg], came: &[Leg], found: &mut Vec<Crossing>) {
        let crossing = |leg: &Leg, materials, from: &str, destination: &str| Crossing {
            lot: leg.lot,
            materials,
            owner: leg.owner,
            quantity: leg.quantity,
            from: from.to_owned(),
            destination: destination.to_owned(),
            sent_to: None,
            terms: self.terms.clone(),
        };
        let is_pair = |out: &Leg, into: &Leg| {
            (out.through, out.owner) == (into.through, into.owner)
                && self.books.place(out.through).is_passed_through()
                && out.country != into.country
        };
        for out in left {
            let into: Vec<&Leg> = came.iter().filter(|into| is_pair(out, into)).collect();
            let mut countries: Vec<&str> = into.iter().map(|into| into.country.as_str()).collect();
            countries.sort_unstable();
            countries.dedup();
            for country in countries {
                let made = into.iter().filter(|into| into.country == country).map(|into| self.material(into.lot));
                let mut materials: Vec<MaterialNo> = made.chain([self.material(out.lot)]).collect();
                materials.sort_unstable();
                materials.dedup();
                found.push(crossing(out, materials, &out.country, country));
            }
        }
        let known = came.iter().filter(|into| self.books.lots.get(into.lot.0).is_some());
        for into in known {
            if let Some(out) = left.iter().find(|out| is_pair(out, into)) {
                found.push(crossing(into, vec![self.material(into.lot)], &out.country, &into.country));
            }
        }
    }

    /// The country that something leaves. What is on its way comes from where it was dispatched, what is lent from where it lay.
    fn country_from(&self, place: PlaceNo) -> Option<String> {
        match self.books.places.get(place.0)? {
            Place::Site(_) => Some(self.country(place)),
            Place::Transit(transit) => {
                // What an exercised right sends came from no site.
                let is_from_site = self.books.place(transit.source).site().is_some();
                Some(self.country(if is_from_site { transit.source } else { transit.target }))
            }
            Place::Loan(loan) => Some(self.country(loan.site)),
            Place::Outside | Place::Processing | Place::Loss => None,
            Place::CountDifference | Place::Rounding | Place::ShipperReceiver => None,
        }
    }

    /// The country that something comes to: of a dispatch and a loan that begin now, that of the site that they name.
    fn country_to(&self, place: PlaceNo) -> Option<String> {
        match place.0.checked_sub(self.books.places.row_count()) {
            Some(new) => Some(self.country(self.new_places[new as usize])),
            None => self.country_from(place),
        }
    }

    /// Under which terms something was dispatched.
    fn terms_of(&self, transit: &Transit) -> Terms {
        let Some(event) = self.past.event(transit.seq) else { return Terms::default() };
        let effect = event.effect(self.books);
        match event.with(self.books).map(|with| &with.act).or(effect.as_deref()) {
            Some(Act::Dispatch(act)) => Terms { destination: None, end_use: act.end_use.clone(), licence: act.licence },
            Some(_) | None => Terms::default(),
        }
    }

    fn check_crossing(&mut self, crossing: &Crossing) {
        let books = self.books;
        let Some(own) = books.lots.get(crossing.lot.0).map(|lot| lot.facts.material) else { return };
        let materials: Vec<_> =
            crossing.materials.iter().map(|number| (*number, self.facts().material(*number))).collect();
        let end_use = crossing.terms.end_use.as_deref();
        let mut mixture = None;
        let mut is_drawn = false;
        for (row, restriction) in (0u32..).zip(books.restrictions.rows()) {
            let is_stopped = restriction.is_in_force(self.day)
                && materials.iter().any(|(number, material)| restriction.concerns(*number, material))
                && restriction.holds_in(Some(&crossing.from))
                && restriction.stops(&crossing.destination, end_use)
                && !crossing.sent_to.as_deref().is_some_and(|country| restriction.stops(country, end_use));
            if !is_stopped {
                continue;
            }
            let mixture = mixture.get_or_insert_with(|| books.mixture(crossing.lot, self.day));
            let part = restriction.falls_under(mixture, crossing.quantity);
            if part.is_zero() {
                continue;
            }
            match self.licence_for(crossing, own, RestrictionNo(row), restriction) {
                Err(rejection) => return self.keep(rejection),
                Ok(key) if !is_drawn => {
                    self.tally(key, -part.units());
                    is_drawn = true;
                }
                Ok(_) => {}
            }
        }
    }

    /// The licence that lets something through, as the tally of what is left of it.
    fn licence_for(
        &self,
        crossing: &Crossing,
        material: MaterialNo,
        number: RestrictionNo,
        restriction: &Restriction,
    ) -> Result<TallyKey, Rejection> {
        let Some(licence) = crossing.terms.licence.filter(|_| restriction.licensable) else {
            return Err(Rejection::Restricted { restriction: number, lot: crossing.lot });
        };
        let held = self.books.licence(licence);
        if (held.restriction, held.material, held.holder) != (number, material, crossing.owner) {
            return Err(Rejection::DoesNotFit { kind: Kind::Licence, row: licence.0, fault: Fault::OtherLicence });
        }
        if self.day < held.first || held.last.is_some_and(|last| self.day > last) {
            return Err(Rejection::NotInForce { kind: Kind::Licence, row: licence.0, day: self.day });
        }
        Ok(TallyKey { kind: TallyKind::Licence, of: licence.0, party: held.holder, material: Some(material) })
    }
}
