//! Things by their codes.

use books::{AuthorityNo, EncumbranceNo, Fault, Kind, LotNo, MaterialNo, PartyNo, PlaceNo, Seq};

use super::codecs;
use crate::acts::EventRef;
use crate::resolve::{unknown, unreadable};

codecs! {
    /// A party.
    Party: String => PartyNo {
        |resolver, _, code| resolver.party(code),
        |books, party| books.party_code(*party).to_owned(),
    }
    /// A party, which is the one that asks where none is named.
    Owner: Option<String> => PartyNo {
        |resolver, _, code| code.as_ref().map_or(Ok(resolver.party), |code| resolver.party(code)),
        |books, party| Some(books.party_code(*party).to_owned()),
    }
    /// The party that keeps a site: the one that keeps it already where none is named.
    Custodian(code: String): Option<String> => PartyNo {
        |resolver, _, custodian| match (custodian, resolver.books.place_no(Kind::Site, code)) {
            (Some(custodian), _) => resolver.party(custodian),
            (None, Some(site)) => Ok(resolver.books.place(site).site().expect("found as a site").custodian),
            (None, None) => Err(unknown(Kind::Site, code)),
        },
        |books, custodian| Some(books.party_code(*custodian).to_owned()),
    }
    /// A material.
    Material: String => MaterialNo {
        |resolver, _, code| resolver.material(code),
        |books, material| books.material(*material).code.clone(),
    }
    /// A lot.
    Lot: String => LotNo {
        |resolver, _, code| resolver.lot(code),
        |books, lot| books.lot(*lot).facts.code.clone(),
    }
    /// A site.
    Site: String => PlaceNo {
        |resolver, _, code| resolver.place(Kind::Site, code),
        |books, site| books.place_code(*site).to_owned(),
    }
    /// A site, which is another one that was named before where none is named.
    SiteOr(other: PlaceNo): Option<String> => PlaceNo {
        |resolver, _, code| code.as_ref().map_or(Ok(*other), |code| resolver.place(Kind::Site, code)),
        |books, site| Some(books.place_code(*site).to_owned()),
    }
    /// A site, which is the one that a dispatch goes to where none is named.
    TargetOr(dispatch: PlaceNo): Option<String> => PlaceNo {
        |resolver, _, code| match code {
            Some(code) => resolver.place(Kind::Site, code),
            None => Ok(resolver.books.place(*dispatch).transit().expect("found as a dispatch").target),
        },
        |books, site| Some(books.place_code(*site).to_owned()),
    }
    /// What is on its way.
    Dispatched: String => PlaceNo {
        |resolver, _, code| resolver.place(Kind::Dispatch, code),
        |books, place| books.place_code(*place).to_owned(),
    }
    /// What is lent.
    Lent: String => PlaceNo {
        |resolver, _, code| resolver.place(Kind::Loan, code),
        |books, place| books.place_code(*place).to_owned(),
    }
    /// An encumbrance.
    Encumbrance: String => EncumbranceNo {
        |resolver, _, code| resolver.named(Kind::Encumbrance, code).map(EncumbranceNo),
        |books, encumbrance| books.encumbrance_code(*encumbrance).to_owned(),
    }
    /// An authority.
    Authority: String => AuthorityNo {
        |resolver, _, code| resolver.named(Kind::Authority, code).map(AuthorityNo),
        |books, authority| books.authority(*authority).code.clone(),
    }
    /// An event, by its number; an id must have been looked up before.
    Event: EventRef => Seq {
        |_, field, event| match event {
            EventRef::Seq(seq) => Ok(Seq(*seq)),
            EventRef::Id(id) => Err(unreadable(field)(Fault::NoCommand { text: id.to_string() })),
        },
        |_, seq| EventRef::Seq(seq.0),
    }
}

macro_rules! named {
    ($($name:ident: $number:ident;)*) => {
        codecs! {$(
            /// A thing by its code.
            $name: String => books::$number {
                |resolver, _, code| resolver.named(Kind::$name, code).map(books::$number),
                |books, number| books.named_code(Kind::$name, number.0).to_owned(),
            }
        )*}
    };
}

named! {
    Reserve: ReserveNo;
    Commitment: CommitmentNo;
    Debt: DebtNo;
    Activation: ActivationNo;
    Call: CallNo;
    Order: OrderNo;
    Right: RightNo;
    Restriction: RestrictionNo;
    Licence: LicenceNo;
    Mandate: MandateNo;
    Request: RequestNo;
    Report: ReportNo;
    Break: BreakNo;
    Match: MatchNo;
    Person: PersonNo;
}
