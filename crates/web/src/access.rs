//! Who asks: by bearer token, by a signature over the request, or nobody in particular.
//!
//! A signature is made with a party's Ed25519 key in NATS nkeys form and stands in three headers: `Granary-Key` (the public
//! key), `Granary-Expires` (RFC 3339) and `Granary-Signature` (base64url without padding). What is signed begins with what
//! it is for and for which ledger, so that it proves nothing elsewhere. See [`signed_text`].

use std::collections::HashMap;

use answers::{View, Viewer};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use books::Moment;
use data_encoding::BASE64URL_NOPAD;
use nkeys::KeyPair;
use sha2::{Digest, Sha256};
use shell::Token;

use crate::trouble::Trouble;

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

/// Who may come in.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// Parties by the hash of their token.
    tokens: HashMap<[u8; 32], String>,
    /// Is whoever comes without a token whoever runs the ledger? Only on loopback, and only where nobody set any access.
    is_open: bool,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Whoever runs the ledger.
    Operator,
    /// A party, known by its token.
    Party(String),
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
    /// Tokens of the settings. Without any, whoever comes on loopback is the operator.
    #[must_use]
    pub fn new(tokens: &[Token], is_loopback: bool) -> Self {
        let hash = |token: &Token| {
            let mut hash = [0; 32];
            let hex = data_encoding::HEXLOWER_PERMISSIVE.decode(token.sha256.as_bytes()).unwrap_or_default();
            hash.copy_from_slice(&hex);
            (hash, token.party.clone())
        };
        Self { tokens: tokens.iter().map(hash).collect(), is_open: tokens.is_empty() && is_loopback }
    }

    /// Is everybody who comes the operator?
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_open
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
        if let Some(key) = text(KEY) {
            return signed(key, text(SIGNATURE), text(EXPIRES), what, body, origin, now).map(Caller::Key);
        }
        if let Some(authorization) = headers.get(AUTHORIZATION) {
            let token = authorization.to_str().ok().and_then(token_of);
            // Tokens are looked up by their hash: how long that takes tells nothing about them.
            let hash: Option<[u8; 32]> = token.map(|token| Sha256::digest(token.as_bytes()).into());
            let party = hash.and_then(|hash| self.tokens.get(&hash));
            return match party.map(String::as_str) {
                Some(OPERATOR) => Ok(Caller::Operator),
                Some(party) => Ok(Caller::Party(party.to_owned())),
                None => Err(Trouble::unauthorized("unknown_token", "the token is not known here")
                    .hint("`granary token` makes one, and the line for the settings")),
            };
        }
        match self.is_open {
            true => Ok(Caller::Operator),
            false => Err(Trouble::unauthorized("not_signed_in", "the request says nobody's name")
                .hint("send `Authorization: Bearer <token>`, or sign it: see `granary sign --help`")),
        }
    }
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

/// What a signature over a frame of commands is for.
pub const FRAME: &str = "granary-frame/1";
/// What a signature over a question is for: its bytes are path and query as they were sent, or the body.
pub const QUESTION: &str = "granary-question/1";

/// What is signed.
#[must_use]
pub fn signed_text(what: &str, origin: &str, expires: &str, body: &[u8]) -> Vec<u8> {
    let mut text = format!("{what}\n{origin}\n{expires}\n").into_bytes();
    text.extend_from_slice(body);
    text
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
        return Err(Trouble::unauthorized("bad_signature", "a key without signature and expiry")
            .hint("send Granary-Key, Granary-Signature and Granary-Expires together"));
    };
    let pair = KeyPair::from_public_key(key).map_err(|_| {
        Trouble::unauthorized("bad_key", "`Granary-Key` is no public key in NATS nkeys form")
            .hint("`granary key new` makes one: it begins with U")
    })?;
    let until = wire::date::parse_moment(expires)
        .map_err(|fault| format!("`Granary-Expires`: {}", words::fault(&fault)))
        .map_err(|problem| Trouble::unauthorized("bad_signature", problem))?;
    if until < now {
        return Err(Trouble::unauthorized("signature_expired", format!("the signature stood until {expires}"))
            .hint("sign it again; check the clock"));
    }
    if until.0 - now.0 > SIGNED_US_MAX {
        return Err(Trouble::unauthorized("bad_signature", "the signature would stand for more than a day")
            .hint("let it expire earlier"));
    }
    let bytes = BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap_or_default();
    // Says too little on purpose: whether the key, the ledger or the bytes are others is not told to a forger.
    pair.verify(&signed_text(what, origin, expires, body), &bytes).map_err(|_| {
        Trouble::unauthorized(
            "bad_signature",
            format!("the signature is not one by this key over these bytes for `{origin}`"),
        )
        .hint("sign the exact bytes that are sent, for this ledger: see `granary sign --help`")
    })?;
    Ok(Signed { key: key.to_owned(), signature: bytes, expires: expires.to_owned() })
}

impl Caller {
    /// Who that is among the parties of the ledger.
    ///
    /// # Errors
    /// When no party has the key.
    pub fn viewer(&self, view: &dyn View) -> Result<Viewer, Trouble> {
        match self {
            Self::Operator => Ok(Viewer::Operator),
            Self::Party(code) => Ok(Viewer::Party(code.clone())),
            Self::Key(signed) => {
                let party = view.books().parties().iter().find(|party| party.keys.contains(&signed.key));
                party.map(|party| Viewer::Party(party.code.clone())).ok_or_else(|| {
                    Trouble::unauthorized("unknown_key", format!("no party has the key `{}`", signed.key))
                        .hint("register it with `amend_party`: field `keys`")
                })
            }
        }
    }
}
