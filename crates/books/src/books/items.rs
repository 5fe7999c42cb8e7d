//! Items in the books: found by what they are of, and told of in one function.

use super::Books;
use crate::items::{Items, ItemsKey, SaidOfItems};

impl Books {
    /// All items, in the order in which they were first told of.
    #[must_use]
    pub fn items(&self) -> &[Items] {
        self.items.rows()
    }

    /// The items of one kind of a lot at a site.
    pub(crate) fn items_of(&self, key: &ItemsKey) -> Option<&Items> {
        self.index.items.get(key).map(|row| self.items.row(*row))
    }

    pub(crate) fn say_of_items(&mut self, key: ItemsKey, said: SaidOfItems) {
        let row = match self.index.items.get(&key) {
            Some(row) => *row,
            None => {
                let row = self.items.push(Items { key: key.clone(), said: Vec::new() });
                self.index.items.insert(key, row);
                row
            }
        };
        self.items.row_mut(row).said.push(said);
    }

    pub(super) fn reindex_items(&mut self) {
        for (row, items) in (0u32..).zip(self.items.rows()) {
            self.index.items.insert(items.key.clone(), row);
        }
    }
}
