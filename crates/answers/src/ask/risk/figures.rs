//! Figures of the world: imports by origin, production, refining, reserves, with shares and the year's path.

use books::PartyNo;
use books::world::WorldFigure;
use wire::acts::words::{FigureOf, Stage};

use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{check_country, material_code, material_if, number, one_of, party_if, percent, unit};
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{At, KnownAt};

records! {
    /// Figures of the world.
    Figures {
        /// What they are of: `imports`, `exports`, `production`, `refining`, `consumption`, `reserves`; all where absent.
        of: Option<String>,
        /// Whose; those of the world and of all parties where absent.
        party: Option<String>,
        /// Those of the world alone.
        world: Option<bool>,
        /// Of which material.
        material: Option<String>,
        /// Of which country.
        country: Option<String>,
        /// Of which year.
        year: Option<u16>,
        /// As of the end of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// One figure.
    FigureLine {
        /// What it is of.
        of: String as Word(figure),
        /// Whose; the world's where there is none.
        party: Option<String> as Code,
        /// The material.
        material: String as Code,
        /// The stage.
        stage: Option<String> as Word(stage),
        /// The country; all together where there is none.
        country: Option<String> as Code,
        /// The year.
        year: u16,
        /// How much.
        quantity: String as Quantity,
        /// Unit and basis of the number.
        unit: String as Code,
        /// The country's share, in per cent, cut to hundredths: of the figure for all countries, or of those that are recorded.
        share: Option<String> as Percent,
        /// Who published it.
        source: String,
        /// The day since which it is in force.
        since: String as Day,
        /// The event that recorded it.
        event: u64 as Event,
    }

    /// Figures of the world.
    FiguresAnswer {
        /// As of this day.
        as_of: String as Day,
        /// As known after this event.
        known_at: u64 as Event,
        /// One line for each figure, year by year.
        figures: Vec<FigureLine>,
    }
}

impl Question for Figures {
    const NAME: &'static str = "figures";
    const ABOUT: &'static str = "Figures of the world and of parties: imports by origin, production, refining and reserves, with shares by year.";
    type Answer = FiguresAnswer;

    fn table(answer: &FiguresAnswer) -> Table<'_> {
        Table::of(answer, &answer.figures)
    }

    fn wants(&self, _: &dyn View) -> Result<Wants, Problem> {
        Ok(Wants::nothing())
    }

    fn answer(&self, view: &dyn View) -> Result<FiguresAnswer, Problem> {
        let (books, at) = (view.books(), At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?);
        let all: Vec<String> = FigureOf::ALL.iter().map(|of| of.word()).collect();
        one_of("of", self.of.as_ref(), &all.iter().map(String::as_str).collect::<Vec<_>>())?;
        check_country("country", self.country.as_ref())?;
        let party = party_if(books, "party", self.party.as_ref())?;
        let material = material_if(books, self.material.as_ref())?;
        let known = at.facts(books).world_figures();
        let is_wanted = |figure: &WorldFigure| {
            self.of.as_ref().is_none_or(|of| *of == FigureOf::from(figure.of).word())
                && party.is_none_or(|party| figure.party == Some(party))
                && (self.world != Some(true) || figure.party.is_none())
                && material.is_none_or(|material| figure.material == material)
                && self.country.as_ref().is_none_or(|country| figure.country.as_ref() == Some(country))
                && self.year.is_none_or(|year| figure.year == year)
        };
        let mut meant: Vec<_> = known.iter().filter(|(_, figure)| is_wanted(figure)).collect();
        let code = |party: Option<PartyNo>| party.map(|party| books.party_code(party).to_owned());
        meant.sort_by_key(|(rule, figure)| {
            (figure.of, code(figure.party), figure.material, figure.country.clone(), figure.year, rule.seq)
        });
        let figures = meant.into_iter().map(|(rule, figure)| FigureLine {
            of: FigureOf::from(figure.of).word(),
            party: code(figure.party),
            material: material_code(books, figure.material),
            stage: figure.stage.map(|stage| Stage::from(stage).word()),
            country: figure.country.clone(),
            year: figure.year,
            quantity: number(books, figure.material, figure.quantity.units()),
            unit: unit(books, figure.material),
            share: figure.country.as_ref().map(|_| {
                percent(figure.quantity.units().into(), whole(known.iter().map(|(_, figure)| *figure), figure))
            }),
            source: figure.source.clone(),
            since: wire::date::show_day(rule.from),
            event: rule.seq.0,
        });
        Ok(FiguresAnswer { as_of: wire::date::show_day(at.day), known_at: at.known_at.0, figures: figures.collect() })
    }
}

/// What a country's figure is a part of: that of all countries, or the sum of those that are recorded.
pub(super) fn whole<'f>(all: impl Iterator<Item = &'f WorldFigure>, part: &WorldFigure) -> i128 {
    let alike = |other: &&WorldFigure| {
        (other.of, other.party, other.material, other.stage, other.year)
            == (part.of, part.party, part.material, part.stage, part.year)
    };
    let (mut of_all, mut sum) = (None, 0);
    for figure in all.filter(alike) {
        match figure.country {
            None => of_all = Some(i128::from(figure.quantity.units())),
            Some(_) => sum += i128::from(figure.quantity.units()),
        }
    }
    of_all.unwrap_or(sum).max(sum)
}
