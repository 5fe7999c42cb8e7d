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
use wire::frame::{Consent, Said};

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

fn read_or_input(file: &Path) -> Result<Vec<u8>, Failure> {
    if file != Path::new("-") {
        return read(file);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Consents to a group, or to the commands of a file as one; prints the group with the consent beside it, ready to be posted or to
/// be signed by the next.
fn consent(args: &Sign, pair: &KeyPair) -> Result<Exit, Failure> {
    let bytes = read_or_input(&args.file)?;
    let lines = || bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let line = match lines().collect::<Vec<_>>()[..] {
        [one] if wire::frame::is_together(one) => one.to_vec(),
        _ => wire::frame::together("group", lines()),
    };
    let said = wire::frame::read_line(&line).map_err(|malformed| {
        let told = words::english().tell(&malformed.saying);
        Failure::wrong_use(told.message).hint(told.hint)
    })?;
    let Said::Group(group) = said else {
        return Err(Failure::wrong_use("this is only tried, and nothing to consent to").hint("sign the group in it"));
    };
    let unread = group.commands.iter().enumerate().find_map(|(at, command)| Some((at + 1, command.as_ref().err()?)));
    if let Some((number, malformed)) = unread {
        let told = words::english().tell(&malformed.saying);
        return Err(Failure::wrong_use(format!("command {number} of the group: {}", told.message)).hint(told.hint));
    }
    let expires = show_moment(books::Moment(now().0 + u64::from(args.minutes) * 60_000_000));
    let text = web::access::signed_text(chain::party_key::GROUP, &args.origin, &expires, &group.bytes);
    let own = Consent { key: pair.public_key(), expires, signature: BASE64URL_NOPAD.encode(&pair.sign(&text)?) };
    let consents = group.consents.into_iter().filter(|consent| consent.key != own.key).chain([own.clone()]);
    let consents: Vec<_> = consents
        .map(|Consent { key, expires, signature }| json!({ "key": key, "expires": expires, "signature": signature }))
        .collect();
    let mut out = io::stdout().lock();
    out.write_all(b"{\"group\":")?;
    out.write_all(&group.bytes)?;
    writeln!(out, ",\"consents\":{}}}", json!(consents))?;
    Ok(Exit::Done)
}

/// Signs a frame of commands or a question; prints the headers to send with it.
pub(crate) fn sign(args: &Sign) -> Result<Exit, Failure> {
    let pair = pair(&args.key)?;
    let body = match (args.what, args.file.to_str()) {
        (SignedWhat::Frame, _) => read_or_input(&args.file)?,
        (SignedWhat::Group, _) => return consent(args, &pair),
        (SignedWhat::Question, path) => {
            let sent = args.body.as_deref().map(read).transpose()?.unwrap_or_default();
            question_text(&args.method, path.unwrap_or_default(), &args.accept, &sent)
        }
    };
    let what = match args.what {
        SignedWhat::Frame | SignedWhat::Group => web::access::FRAME,
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
