//! Questions about what is bought, at what price, and what may be bought later.

mod orders;
mod receipts;
mod rights;

pub use orders::{OrderLine, Orders, OrdersAnswer};
pub use receipts::{ReceiptLine, ReceiptShare, Receipts, ReceiptsAnswer};
pub use rights::{RightLine, Rights, RightsAnswer};
