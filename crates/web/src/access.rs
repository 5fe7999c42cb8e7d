//! Who asks: by bearer token, by a signature over the request, or nobody in particular.
//!
//! A signature is made with a party's Ed25519 key in NATS nkeys form and stands in three headers: `Granary-Key` (the public
//! key), `Granary-Expires` (RFC 3339) and `Granary-Signature` (base64url without padding). What is signed begins with what
//! it is for and for which ledger, so that it proves nothing elsewhere ([`signed_text`]); of a question it says how, where and in
//! which form of answer it is asked, too ([`question_text`]).

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock, RwLockReadGuard};
use std::time::SystemTime;

use answers::{View, Viewer};
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE};
use books::Moment;
use bus::Hand;
use chain::PartyKey;
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use shell::Token;

use crate::trouble::Trouble;
use crate::why::Why;

/// Header with the public key of a signature.
pub const KEY: &str = "granary-key";
/// Header with a signature.
pub const SIGNATURE: &str = "granary-signature";
/// Header with the end of a signature.
pub const EXPIRES: &str = "granary-expires";
/// Longest time for which a signature may stand, in microseconds: whoever steals one has no longer.
pub const SIGNED_US_MAX: u64 = 24 * 3_600 * 1_000_000;

/// The party name of a token that speaks for whoever runs the ledger.
pub const OPERATOR: &str = "operator";

/// Who may come in: tokens, each for a party, until they expire or are taken out of the settings. Without any, one token that
/// was made when the process began speaks for whoever runs the ledger, and only they can read it.
#[derive(Clone, Debug, Default)]
pub struct Access {
    held: Arc<RwLock<Tokens>>,
    /// Where the tokens stand; they are read again when it changes.
    file: Option<Arc<PathBuf>>,
    start_up: Option<[u8; 32]>,
}

#[derive(Debug, Default)]
struct Tokens {
    /// By the hash of the token.
    by_hash: HashMap<[u8; 32], Held>,
    /// When the file was written last, and how long it is.
    of: Option<(SystemTime, u64)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    party: String,
    hand: Hand,
    until: Option<Moment>,
}

/// What somebody comes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// To look.
    Read,
    /// To change something: nothing that a browser sends by itself counts.
    Write,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Whoever runs the ledger.
    Operator,
    /// A party, known by its token, and whose hand that is.
    Party(String, Hand),
    /// Whoever holds a key.
    Key(Signed),
}

/// A signature that is one, over the bytes at hand, for this ledger, and not over yet. Whose key it is, the books know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Public key in NATS nkeys form.
    pub key: String,
    /// 64 bytes.
    pub signature: Vec<u8>,
    /// As it was written and signed.
    pub expires: String,
}

impl Access {
    /// Tokens of the settings, and the file in which they stand.
    ///
    /// # Errors
    /// What is wrong with one of them.
    pub fn new(tokens: &[Token], file: Option<&Path>) -> Result<Self, String> {
        let held = Tokens { by_hash: by_hash(tokens)?, of: file.and_then(written) };
        let file = file.filter(|_| !tokens.is_empty()).map(|file| Arc::new(file.to_owned()));
        Ok(Self { held: Arc::new(RwLock::new(held)), file, start_up: None })
    }

    /// With a token for whoever runs the ledger, made when the process began.
    #[must_use]
    pub fn with_start_up(self, token: &str) -> Self {
        Self { start_up: Some(Sha256::digest(token.as_bytes()).into()), ..self }
    }

    /// Whose token it is, and its hash. Tokens are looked up by their hash: how long that takes tells nothing about them.
    ///
    /// # Errors
    /// When it is unknown, or not any more.
    pub(crate) fn by_token(&self, token: &str, now: Moment) -> Result<([u8; 32], Caller), Trouble> {
        let hash = Sha256::digest(token.as_bytes()).into();
        Ok((hash, self.by_hash(&hash, now)?))
    }

    pub(crate) fn by_hash(&self, hash: &[u8; 32], now: Moment) -> Result<Caller, Trouble> {
        if self.start_up.as_ref() == Some(hash) {
            return Ok(Caller::Operator);
        }
        let Some(held) = self.tokens().by_hash.get(hash).cloned() else {
            return Err(Trouble::unauthorized(Why::UnknownToken));
        };
        if held.until.is_some_and(|until| until <= now) {
            return Err(Trouble::unauthorized(Why::TokenExpired));
        }
        Ok(match held.party.as_str() {
            OPERATOR => Caller::Operator,
            _ => Caller::Party(held.party, held.hand),
        })
    }

    /// The tokens, read again where the file has changed: who was taken out of it is out at once.
    fn tokens(&self) -> RwLockReadGuard<'_, Tokens> {
        let poisoned = "nothing panics while it holds the tokens";
        if let Some(file) = &self.file {
            let of = written(file);
            if self.held.read().expect(poisoned).of != of {
                let mut held = self.held.write().expect(poisoned);
                held.of = of;
                match shell::read_tokens(file).map_err(|error| shell::chain(&error)).and_then(|tokens| by_hash(&tokens))
                {
                    Ok(by_hash) => {
                        tracing::info!(file = ?file, count = by_hash.len(), "the tokens were read again");
                        held.by_hash = by_hash;
                    }
                    // A file that is half written is read again when it is whole.
                    Err(error) => {
                        tracing::error!(file = ?file, error, "read the tokens again: those from before stand")
                    }
                }
            }
        }
        self.held.read().expect(poisoned)
    }

    /// Who asks by what the head of a request brings: the signature of one is not looked at, because that needs the body.
    ///
    /// # Errors
    /// When nobody is named, or what names somebody does not hold.
    pub(crate) fn glance(&self, headers: &HeaderMap, entry: Entry, now: Moment) -> Result<Named, Trouble> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(key) = text(KEY) {
            public_key(key)?;
            return Ok(Named::Key(key.to_owned()));
        }
        let Some(authorization) = headers.get(AUTHORIZATION) else {
            return Err(Trouble::unauthorized(match self.start_up {
                Some(_) => Why::NotSignedInHere,
                None => Why::NotSignedIn,
            }));
        };
        let authorization = authorization.to_str().ok();
        if entry == Entry::Write && authorization.is_some_and(|text| text.starts_with("Basic ")) {
            return Err(Trouble::unauthorized(Why::NotByPassword));
        }
        let token = authorization.and_then(token_of).unwrap_or_default();
        self.by_token(&token, now).map(|(_, caller)| Named::Caller(caller))
    }

    /// Who asks. `what` says what is signed: [`FRAME`] or [`QUESTION`].
    ///
    /// # Errors
    /// When nobody is named, or what names somebody does not hold.
    pub fn caller(
        &self,
        headers: &HeaderMap,
        what: &str,
        body: &[u8],
        origin: &str,
        now: Moment,
    ) -> Result<Caller, Trouble> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let entry = if what == FRAME { Entry::Write } else { Entry::Read };
        match self.glance(headers, entry, now)? {
            Named::Caller(caller) => Ok(caller),
            Named::Key(key) => signed(&key, text(SIGNATURE), text(EXPIRES), what, body, origin, now).map(Caller::Key),
        }
    }
}

/// Whom the head of a request names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// Whoever holds this token.
    Caller(Caller),
    /// Whoever holds this key, if they do.
    Key(String),
}

/// Does a request bring a cookie, and nothing else that names somebody?
pub(crate) fn is_by_cookie(headers: &HeaderMap) -> bool {
    headers.contains_key(COOKIE) && !headers.contains_key(AUTHORIZATION) && !headers.contains_key(KEY)
}

fn by_hash(tokens: &[Token]) -> Result<HashMap<[u8; 32], Held>, String> {
    let held = |token: &Token| -> Result<([u8; 32], Held), String> {
        let hex = data_encoding::HEXLOWER_PERMISSIVE.decode(token.sha256.as_bytes());
        let hash = hex.ok().and_then(|hex| hex.try_into().ok());
        let hash = hash.ok_or_else(|| format!("`token` of `{}`: `sha256` is not 64 hex digits", token.party))?;
        let until = token.expires.as_deref().map(wire::date::parse_moment).transpose();
        let until =
            until.map_err(|fault| format!("`token` of `{}`: `expires`: {}", token.party, words::fault(&fault)))?;
        let hand = match (&token.person, &token.name) {
            (Some(person), _) => Hand::Person(person.clone()),
            (None, Some(name)) => Hand::Token(name.chars().filter(|letter| !letter.is_control()).collect()),
            (None, None) => Hand::Token(token.sha256.chars().take(12).collect()),
        };
        Ok((hash, Held { party: token.party.clone(), hand, until }))
    };
    tokens.iter().map(held).collect()
}

/// When a file was written last, and how long it is.
fn written(file: &Path) -> Option<(SystemTime, u64)> {
    let about = std::fs::metadata(file).ok()?;
    Some((about.modified().ok()?, about.len()))
}

/// The token of a program, or of a browser: it sends it as the password that somebody typed.
fn token_of(authorization: &str) -> Option<String> {
    if let Some(token) = authorization.strip_prefix("Bearer ") {
        return Some(token.trim().to_owned());
    }
    let encoded = authorization.strip_prefix("Basic ")?;
    let said = String::from_utf8(data_encoding::BASE64.decode(encoded.trim().as_bytes()).ok()?).ok()?;
    said.split_once(':').map(|(_, password)| password.trim().to_owned())
}

pub use chain::party_key::{FRAME, QUESTION, question_text, signed_text};

fn public_key(key: &str) -> Result<PartyKey, Trouble> {
    PartyKey::parse(key).map_err(|_| Trouble::unauthorized(Why::BadKey))
}

fn signed(
    key: &str,
    signature: Option<&str>,
    expires: Option<&str>,
    what: &str,
    body: &[u8],
    origin: &str,
    now: Moment,
) -> Result<Signed, Trouble> {
    let (Some(signature), Some(expires)) = (signature, expires) else {
        return Err(Trouble::unauthorized(Why::Unsigned));
    };
    let known = public_key(key)?;
    let until = wire::date::parse_moment(expires);
    let until = until.map_err(|problem| Trouble::unauthorized(Why::ExpiryWrong { problem }))?;
    if until < now {
        return Err(Trouble::unauthorized(Why::SignatureExpired { time: expires.to_owned() }));
    }
    if until.0 - now.0 > SIGNED_US_MAX {
        return Err(Trouble::unauthorized(Why::ExpiryFar));
    }
    let bytes = BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap_or_default();
    // Says too little on purpose: whether the key, the ledger or the bytes are others is not told to a forger.
    if !known.signed(&signed_text(what, origin, expires, body), &bytes) {
        return Err(Trouble::unauthorized(Why::SignatureWrong { log: origin.to_owned() }));
    }
    Ok(Signed { key: key.to_owned(), signature: bytes, expires: expires.to_owned() })
}

pub(crate) fn unknown_key(key: &str) -> Trouble {
    Trouble::unauthorized(Why::UnknownKey { key: key.escape_debug().take(80).collect() })
}

impl Caller {
    /// What to call them in the log.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Operator => OPERATOR,
            Self::Party(code, _) => code,
            Self::Key(signed) => &signed.key,
        }
    }

    /// Who that is among the parties of the ledger.
    ///
    /// # Errors
    /// When no party has the key.
    pub fn viewer(&self, view: &dyn View) -> Result<Viewer, Trouble> {
        match self {
            Self::Operator => Ok(Viewer::Operator),
            Self::Party(code, _) => Ok(Viewer::Party(code.clone())),
            Self::Key(signed) => {
                let books = view.books();
                let holder = books.holder_of(&signed.key).map(|(party, _)| books.party_code(party).to_owned());
                holder.map(Viewer::Party).ok_or_else(|| unknown_key(&signed.key))
            }
        }
    }
}
