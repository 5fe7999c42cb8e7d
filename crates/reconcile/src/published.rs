//! A figure that was published, and what it became: a restatement adds a figure, the old one stays printable for ever.

use crate::number::Day;

/// A figure and since when it has been the published one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The day it was published.
    pub published: Day,
    /// In the units of the series.
    pub quantity: i64,
}

/// A restatement is published after what it restates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a restatement is published after the figure it restates")]
pub struct NotAfter;

/// All that was ever published for one line of one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    first: Figure,
    restated: Vec<Figure>,
}

impl Published {
    /// The figure as first published.
    #[must_use]
    pub const fn new(first: Figure) -> Self {
        Self { first, restated: Vec::new() }
    }

    /// Publishes another figure in place of the current one. Gives the change, new less old.
    pub fn restate(&mut self, figure: Figure) -> Result<i128, NotAfter> {
        let before = self.current();
        if figure.published <= before.published {
            return Err(NotAfter);
        }
        self.restated.push(figure);
        Ok(i128::from(figure.quantity) - i128::from(before.quantity))
    }

    /// The figure as first published. Nothing ever changes it.
    #[must_use]
    pub const fn first(&self) -> Figure {
        self.first
    }

    /// The figure that holds now.
    #[must_use]
    pub fn current(&self) -> Figure {
        self.restated.last().copied().unwrap_or(self.first)
    }

    /// The figure that held on a day; `None` before the first.
    #[must_use]
    pub fn as_published(&self, day: Day) -> Option<Figure> {
        self.history().take_while(|figure| figure.published <= day).last()
    }

    /// Every figure, in the order of publication.
    pub fn history(&self) -> impl Iterator<Item = Figure> {
        std::iter::once(self.first).chain(self.restated.iter().copied())
    }
}

#[cfg(test)]
mod tests;
