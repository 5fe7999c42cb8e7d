//! What the rows of an answer leave out, or say otherwise than it was asked: one list. The sentences are the entries
//! `left-<name>` of the catalogues.

words::sayings! {
    /// What has to be known of rows and stands in none of them.
    pub enum LeftOut in "left";

    Unstated "unstated" = "unstated" { quantity: String, material: String, basis: String };
    Receipts "receipts" = "unstated" { count: u64 };
    OwnBasis "own_basis" = "in_own_basis";
    OwnUnit "own_unit" = "in_own_unit";
}
