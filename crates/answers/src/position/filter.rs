//! Which stock is meant: only what is of a party, at a site, of a material, and so on.

use books::eyes::UNDER;
use books::provenance::Provenance;
use books::{Account, Books, Facts, Kind, LotNo, PlaceNo};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wire::acts::words::{Form, SourceKind};

use crate::problem::Problem;
use crate::shared::check_country;
use crate::sight::Sight;
use crate::view::View;

/// Which accounts count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Filter {
    /// Only this owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
    /// Only this site, dispatch or loan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Only this material.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub material: Option<String>,
    /// Only this lot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// Only this form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
    /// Only this source kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceKind>,
    /// Only this country of mining.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Only this class of site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Only this country in which sites lie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// Is a lot called so: by its code, or with whom it lives under?
pub(crate) fn is_called(books: &Books, lot: LotNo, wanted: &str) -> bool {
    let Some(row) = books.lots().get(lot.0 as usize) else { return false };
    let code = row.facts.code.as_str();
    code == wanted
        || wanted.split_once(UNDER).is_some_and(|(under, own)| {
            own == code && books.under(Kind::Lot, lot.0).map(|party| books.party_code(party)) == Some(under)
        })
}

impl Filter {
    /// Refuses a filter that names something the asker does not see: a slip of the pen must not look like empty stock, and what is
    /// another's looks as if it were not there.
    ///
    /// # Errors
    /// `unknown_party`, `unknown_site`, `unknown_material` or `unknown_lot`; `bad_field` for what is no country.
    pub fn check_known(&self, view: &dyn View) -> Result<(), Problem> {
        let (books, sight) = (view.books(), Sight::of(view));
        check_country("origin", self.origin.as_ref())?;
        check_country("country", self.country.as_ref())?;
        let place = |code: &str| {
            let places = (0u32..).map(PlaceNo).zip(books.places()).filter(|(_, place)| place.code() == code);
            places.into_iter().any(|(number, _)| sight.sees_place(number))
        };
        let checks = [
            ("party", &self.party, self.party.as_ref().is_none_or(|code| books.party_no(code).is_some())),
            ("site", &self.site, self.site.as_ref().is_none_or(|code| place(code))),
            ("material", &self.material, self.material.as_ref().is_none_or(|code| books.material_no(code).is_some())),
            ("lot", &self.lot, self.lot.as_ref().is_none_or(|code| !sight.lots(code).is_empty())),
        ];
        let unknown = checks.iter().find(|(_, _, is_known)| !is_known);
        match unknown {
            Some((kind, Some(code), _)) => Err(Problem::unknown(kind, code)),
            _ => Ok(()),
        }
    }

    /// Does it ask about whole materials?
    pub(crate) fn is_total(&self) -> bool {
        *self == Self { material: self.material.clone(), ..Self::default() }
    }

    /// Does it ask for something that is said of sites, and amended?
    pub(crate) fn goes_by_site(&self) -> bool {
        self.class.is_some() || self.country.is_some()
    }

    /// Does it ask for a part of lots of several origins?
    pub(crate) fn goes_by_portion(&self) -> bool {
        self.origin.is_some() || self.source.is_some()
    }

    /// Is a portion of a lot meant?
    pub(crate) fn takes_portion(&self, portion: &Provenance<'_>) -> bool {
        self.origin.as_deref().is_none_or(|wanted| portion.mined == Some(wanted))
            && self.source.is_none_or(|source| books::lot::SourceKind::from(source) == portion.source)
    }

    /// Is an account meant, whatever portions of it?
    pub(crate) fn takes_account(&self, at: &Facts<'_>, account: &Account, show_virtual: bool) -> bool {
        let whole = Self { origin: None, source: None, ..self.clone() };
        whole.takes(at, account, show_virtual)
    }

    /// Is an account meant, by what is registered on a day?
    pub(crate) fn takes(&self, at: &Facts<'_>, account: &Account, show_virtual: bool) -> bool {
        let books = at.books;
        let place = books.place(account.key.place);
        if !place.is_real() && !show_virtual {
            return false;
        }
        let facts = at.lot(account.key.lot);
        let is =
            |wanted: &Option<String>, found: Option<&str>| wanted.as_deref().is_none_or(|wanted| found == Some(wanted));
        let is_of_class =
            |wanted: &String| at.site(account.key.place).is_some_and(|site| site.class.as_ref() == Some(wanted));
        let lies_in = |wanted: &String| at.site(account.key.place).is_some_and(|site| site.country == *wanted);
        is(&self.party, Some(books.party_code(account.key.owner)))
            && is(&self.site, Some(place.code()))
            && is(&self.material, Some(&books.material(facts.material).code))
            && self.lot.as_deref().is_none_or(|wanted| is_called(books, account.key.lot, wanted))
            && is(&self.origin, facts.origin.mined.as_deref())
            && self.class.as_ref().is_none_or(is_of_class)
            && self.country.as_ref().is_none_or(lies_in)
            && self.form.is_none_or(|form| books::material::Form::from(form) == facts.form)
            && self.source.is_none_or(|source| books::lot::SourceKind::from(source) == facts.source)
    }
}
