//! `granary token`, `granary key new`, `granary sign`: how parties and their programs come in.

mod rotation;

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use chain::party_key::{possession_text, question_text};
use data_encoding::BASE64URL_NOPAD;
use nkeys::KeyPair;
use serde_json::json;
use sha2::{Digest, Sha256};
use shell::{Exit, Failure};
use wire::date::show_moment;

use super::query::now;
use crate::cli::{KeyArgs, KeyProve, Sign, SignedWhat, Token};

/// Makes a token: it is shown once, the settings keep only its hash.
pub(crate) fn token(args: &Token) -> Result<Exit, Failure> {
    let mut secret = [0u8; 32];
    getrandom::fill(&mut secret).map_err(|error| Failure::new(format!("draw a secret from the system: {error}")))?;
    let token = BASE64URL_NOPAD.encode(&secret);
    let hash: String = Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut out = io::stdout().lock();
    writeln!(out, "{token}")?;
    eprintln!("\nadd this to settings.toml, and give the token above to `{}`; it is not kept anywhere:\n", args.party);
    eprintln!("[[token]]\nparty = {}\nsha256 = \"{hash}\"", json!(args.party));
    if let Some(days) = args.days {
        let until = books::Moment(now().0 + u64::from(days) * 86_400_000_000);
        eprintln!("expires = \"{}\"", show_moment(until));
    }
    if let Some(name) = &args.name {
        eprintln!("name = {}", json!(name));
    }
    if let Some(person) = &args.person {
        eprintln!("person = {}", json!(person));
    }
    Ok(Exit::Done)
}

/// Makes a key: the secret into a file, the public part shown.
pub(crate) fn key(args: &KeyArgs) -> Result<Exit, Failure> {
    let args = match args {
        KeyArgs::New(args) => args,
        KeyArgs::Prove(args) => return prove(args),
        KeyArgs::Rotate(args) => return rotation::rotate(args),
        KeyArgs::Retire(args) => return rotation::retire(args),
    };
    let mut secret = [0u8; 32];
    getrandom::fill(&mut secret).map_err(|error| Failure::new(format!("draw a secret from the system: {error}")))?;
    let pair = KeyPair::new_from_raw(nkeys::KeyPairType::User, secret)?;
    let path = args.out.display();
    let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&args.out);
    let mut file = made
        .map_err(|error| Failure::new(format!("write `{path}`: {error}")).hint("name a file that is not there yet"))?;
    writeln!(file, "{}", pair.seed()?)?;
    file.sync_all()?;
    writeln!(io::stdout(), "{}", pair.public_key())?;
    eprintln!(
        "\nthe secret is in `{path}`: keep a copy; register the public key above with `amend_party`, field `keys`, and what `granary key prove` prints, field `proofs`"
    );
    Ok(Exit::Done)
}

/// Shows that a key is at hand.
fn prove(args: &KeyProve) -> Result<Exit, Failure> {
    let pair = pair(&args.key)?;
    let signature = pair.sign(&possession_text(&args.origin, &args.party, &pair.public_key()))?;
    writeln!(io::stdout(), "{}", BASE64URL_NOPAD.encode(&signature))?;
    eprintln!("\nput it into the field `proofs` of the command that registers the key `{}`", pair.public_key());
    Ok(Exit::Done)
}

fn pair(file: &Path) -> Result<KeyPair, Failure> {
    let path = file.display();
    let seed = fs::read_to_string(file).map_err(|error| Failure::new(format!("read `{path}`: {error}")))?;
    KeyPair::from_seed(seed.trim())
        .map_err(|_| Failure::new(format!("`{path}` holds no key")).hint("`granary key new` makes one"))
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(file).map_err(|error| Failure::new(format!("read `{}`: {error}", file.display())))
}

/// Signs a frame of commands or a question; prints the headers to send with it.
pub(crate) fn sign(args: &Sign) -> Result<Exit, Failure> {
    let pair = pair(&args.key)?;
    let body = match (args.what, args.file.to_str()) {
        (SignedWhat::Frame, Some("-")) => {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes)?;
            bytes
        }
        (SignedWhat::Frame, _) => read(&args.file)?,
        (SignedWhat::Question, path) => {
            let sent = args.body.as_deref().map(read).transpose()?.unwrap_or_default();
            question_text(&args.method, path.unwrap_or_default(), &args.accept, &sent)
        }
    };
    let what = match args.what {
        SignedWhat::Frame => web::access::FRAME,
        SignedWhat::Question => web::access::QUESTION,
    };
    let until = books::Moment(now().0 + u64::from(args.minutes) * 60_000_000);
    let expires = show_moment(until);
    let signature = pair.sign(&web::access::signed_text(what, &args.origin, &expires, &body))?;
    let mut out = io::stdout().lock();
    if args.what == SignedWhat::Question {
        writeln!(out, "Accept: {}", args.accept)?;
    }
    writeln!(out, "Granary-Key: {}", pair.public_key())?;
    writeln!(out, "Granary-Expires: {expires}")?;
    writeln!(out, "Granary-Signature: {}", BASE64URL_NOPAD.encode(&signature))?;
    Ok(Exit::Done)
}
