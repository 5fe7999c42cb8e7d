//! Sessions of the console: whoever signed in with a token has a cookie that only this server and no other site can use.
//!
//! A session ends by itself: after a while without a request, after a working day in any case, when its token is revoked or
//! has expired, when its owner signs out, and with the process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, HeaderValue, header};
use books::Moment;
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use crate::access::{Access, Caller};
use crate::guard::Came;

/// How long a session lasts without a request.
const IDLE_US: u64 = 30 * 60 * 1_000_000;
/// How long it lasts in any case.
const LENGTH_US: u64 = 12 * 3_600 * 1_000_000;
/// Sessions at one time; the one that was used longest ago gives way.
const COUNT_MAX: usize = 10_000;

/// See the module.
#[derive(Default)]
pub struct Sessions(Mutex<HashMap<[u8; 32], Session>>);

struct Session {
    /// The hash of the token that it stands for.
    token: [u8; 32],
    began: Moment,
    used: Moment,
    /// What forms have to bring back.
    form: String,
}

/// A session in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InSession {
    pub(crate) caller: Caller,
    pub(crate) form: String,
}

impl Sessions {
    fn held(&self) -> MutexGuard<'_, HashMap<[u8; 32], Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a session for whoever has brought a token; gives its secret.
    pub(crate) fn begin(&self, token: [u8; 32], now: Moment) -> Result<String, getrandom::Error> {
        let (secret, form) = (secret()?, secret()?);
        let mut held = self.held();
        held.retain(|_, session| session.lasts(now));
        if held.len() >= COUNT_MAX
            && let Some(oldest) = held.iter().min_by_key(|(_, session)| session.used).map(|(key, _)| *key)
        {
            held.remove(&oldest);
        }
        held.insert(hash(&secret), Session { token, began: now, used: now, form });
        Ok(secret)
    }

    /// Whose session a request brings, if it lasts and its token still stands.
    pub(crate) fn of(&self, headers: &HeaderMap, access: &Access, now: Moment) -> Option<InSession> {
        let key = hash(&cookie(headers)?);
        let mut held = self.held();
        let session = held.get_mut(&key)?;
        let caller = access.by_hash(&session.token, now).ok();
        match caller.filter(|_| session.lasts(now)) {
            Some(caller) => {
                session.used = now;
                Some(InSession { caller, form: session.form.clone() })
            }
            None => {
                held.remove(&key);
                None
            }
        }
    }

    /// Ends the session that a request brings.
    pub(crate) fn end(&self, headers: &HeaderMap) {
        if let Some(secret) = cookie(headers) {
            self.held().remove(&hash(&secret));
        }
    }
}

impl Session {
    fn lasts(&self, now: Moment) -> bool {
        now.0.saturating_sub(self.used.0) < IDLE_US && now.0.saturating_sub(self.began.0) < LENGTH_US
    }
}

fn secret() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(BASE64URL_NOPAD.encode(&bytes))
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Servers on one machine share a browser's cookies: each has a name by its port.
fn name(host: Option<&str>) -> String {
    let port = host.and_then(|host| host.rsplit_once(':')).map_or("", |(_, port)| port);
    match port.parse::<u16>() {
        Ok(port) => format!("granary-session-{port}"),
        Err(_) => "granary-session".to_owned(),
    }
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let forwarded = headers.get("x-forwarded-host").and_then(|value| value.to_str().ok());
    let names = [name(text(header::HOST)), name(forwarded)];
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| names.iter().any(|name| name == known)).map(|(_, value)| value.to_owned())
}

/// The cookie of a session; without a secret, one that ends it.
pub(crate) fn set_cookie(came: &Came, secret: Option<&str>) -> Option<HeaderValue> {
    let name = name(came.host.as_deref());
    let secure = if came.is_secure { "; Secure" } else { "" };
    let end = if secret.is_none() { "; Max-Age=0" } else { "" };
    let secret = secret.unwrap_or_default();
    HeaderValue::try_from(format!("{name}={secret}; Path=/; HttpOnly; SameSite=Strict{secure}{end}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_by_rest_by_age_by_its_token_and_by_its_owner() {
        let access = Access::new(&[], None).expect("no token is wrong").with_start_up("start");
        let sessions = Sessions::default();
        let at = |minutes: u64| Moment(1_775_000_000_000_000 + minutes * 60_000_000);
        let begun = |token: &str| {
            let secret = sessions.begin(hash(token), at(0)).expect("chance");
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, "127.0.0.1:7070".parse().expect("a value"));
            headers.insert(header::COOKIE, format!("a=b; granary-session-7070={secret}").parse().expect("a value"));
            headers
        };
        let rests = begun("start");
        assert_eq!(sessions.of(&rests, &access, at(29)).expect("lasts").caller, Caller::Operator);
        assert_eq!(sessions.of(&rests, &access, at(60)), None, "it rested for 31 minutes");
        let used = begun("start");
        for minutes in (0..720).step_by(20) {
            assert!(sessions.of(&used, &access, at(minutes)).is_some(), "{minutes}");
        }
        assert_eq!(sessions.of(&used, &access, at(720)), None, "a working day");
        assert_eq!(sessions.of(&begun("other"), &access, at(1)), None, "its token is none");
        let left = begun("start");
        sessions.end(&left);
        assert_eq!(sessions.of(&left, &access, at(1)), None, "signed out");
    }
}
