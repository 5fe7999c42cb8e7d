//! Persons that act for parties.

use books::acts::person as numbered;

super::object! {
    /// A person is registered that acts for a party; it is called by the party's code and a number, `JOGMEC/1`.
    RegisterPerson {
        /// For whom it acts; the asking party where absent.
        whose: Option<String>,
        /// Its public key in NATS nkeys form; a token can name it instead (`person` in the settings).
        key: Option<String>,
        /// That the key is at hand: made by `granary key prove` for the party.
        proof: Option<String>,
    }

    /// A person gets another key, or acts for its party no more.
    AmendPerson {
        /// Which.
        person: String,
        /// Its key from now on; as before where absent.
        key: Option<String>,
        /// As `register_person` has it.
        proof: Option<String>,
        /// It acts for the party no more, from the next command on.
        ends: Option<bool>,
    }
}

super::form::form! {
    RegisterPerson = numbered::RegisterPerson {
        whose: Owner,
        key: Same,
        proof: Same,
    }
    AmendPerson = numbered::AmendPerson {
        person: Person,
        key: Same,
        proof: Same,
        ends: Flag,
    }
}
