//! The tools as clients of a server: the same questions and commands over HTTP.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::time::Duration;

use crate::language;
use answers::{AnyAnswer, Entry, Given, Question};
use ledger::Rebuilt;
use serde_json::{Map, Value};
use shell::{Exit, Failure};
use wire::verdict::Verdict;
use words::Told;

/// Longest body that a server takes.
const BODY_BYTES_MAX: usize = 1 << 20;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server.
pub(crate) struct Client {
    url: String,
    token: Option<String>,
    agent: ureq::Agent,
}

impl Client {
    /// A server by its address; the token comes from the environment, so that no list of processes shows it, or is that of a
    /// server of ours on this machine.
    pub(crate) fn new(url: &str) -> Self {
        Self::of(None, url)
    }

    /// The server that holds a folder.
    pub(crate) fn holding(dir: &Path, url: &str) -> Self {
        Self::of(Some(dir), url)
    }

    fn of(dir: Option<&Path>, url: &str) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build();
        let token = std::env::var("GRANARY_TOKEN").ok().filter(|token| !token.is_empty());
        let token = token.or_else(|| crate::services::found(dir, url));
        Self { url: url.trim_end_matches('/').to_owned(), token, agent: agent.into() }
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What lies at a path, as text.
    pub(crate) fn get_text(&self, path: &str) -> Result<String, Failure> {
        let request = self.agent.get(format!("{}{path}", self.url));
        let mut response = self.signed(request).call().map_err(|error| self.unreachable(error))?;
        let text = response.body_mut().read_to_string().map_err(|error| self.unreachable(error))?;
        match response.status().is_success() {
            true => Ok(text),
            false => Err(refused(response.status().as_u16(), &text)),
        }
    }

    /// A static file of the log.
    pub(crate) fn file(&self, path: &str) -> Result<Vec<u8>, chain::FileError> {
        let unreadable = |problem: String| chain::FileError::Unreadable { path: path.to_owned(), problem };
        let request = self.agent.get(format!("{}/{path}", self.url));
        let mut response = self.signed(request).call().map_err(|error| unreadable(error.to_string()))?;
        let body = response.body_mut().with_config().limit(32 << 20).read_to_vec();
        let body = body.map_err(|error| unreadable(error.to_string()))?;
        match response.status().as_u16() {
            200 => Ok(body),
            404 => Err(chain::FileError::Missing { path: path.to_owned() }),
            status => {
                let said: Value = serde_json::from_slice(&body).unwrap_or_default();
                let said = said["detail"].as_str().map_or_else(String::new, |detail| format!(": {detail}"));
                Err(unreadable(format!("the server answered {status}{said}")))
            }
        }
    }

    /// Asks a question.
    pub(crate) fn ask<Q: Question>(&self, question: &Q) -> Result<Given<Q>, Failure> {
        let body = serde_json::to_string(question)?;
        let text = self.send(&format!("/v1/{}", Q::NAME), "application/json", body.as_bytes())?;
        serde_json::from_str(&text).map_err(|error| self.of_another_release(error))
    }

    /// Asks a question of the table.
    pub(crate) fn ask_named(
        &self,
        question: &Entry,
        request: &Map<String, Value>,
    ) -> Result<Box<dyn AnyAnswer>, Failure> {
        let body = serde_json::to_vec(request)?;
        let text = self.send(&format!("/v1/{}", question.name), "application/json", &body)?;
        question.read(text.as_bytes()).map_err(|error| self.of_another_release(error))
    }

    fn of_another_release(&self, error: serde_json::Error) -> Failure {
        Failure::new(error).hint(format!("the server at {} is of another release: use its own tools", self.url))
    }

    /// Posts commands, groups and trials, one a line of JSON; gives their verdicts, in order.
    pub(crate) fn post(&self, lines: &[String]) -> Result<Vec<Verdict>, Failure> {
        let mut verdicts = Vec::with_capacity(lines.len());
        let mut body = String::new();
        for line in lines {
            if body.len() + line.len() + 1 > BODY_BYTES_MAX {
                verdicts.extend(self.post_frame(&body)?);
                body.clear();
            }
            body += line;
            body.push('\n');
        }
        if !body.is_empty() {
            verdicts.extend(self.post_frame(&body)?);
        }
        let wanted: usize = lines.iter().map(|line| wire::frame::verdict_count(line.as_bytes())).sum();
        if verdicts.len() != wanted {
            return Err(Failure::new("the server did not answer every command")
                .hint("post the same again: an id is never applied twice"));
        }
        Ok(verdicts)
    }

    /// Has the server import a source, and gives `each` line of its answer as it comes, however long it takes.
    pub(crate) fn import(
        &self,
        body: &serde_json::Value,
        each: &mut dyn FnMut(&str) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let body = body.to_string();
        let request = self.agent.post(format!("{}/v1/import", self.url)).header("content-type", "application/json");
        let request = self.signed(request).config().timeout_global(None).build();
        let mut response = request.send(body.as_bytes()).map_err(|error| self.unreachable(error))?;
        if !response.status().is_success() {
            let text = response.body_mut().read_to_string().map_err(|error| self.unreachable(error))?;
            return Err(refused(response.status().as_u16(), &text));
        }
        let lines = BufReader::new(response.body_mut().with_config().limit(u64::MAX).reader());
        for line in lines.lines() {
            each(&line?)?;
        }
        Ok(())
    }

    fn post_frame(&self, body: &str) -> Result<Vec<Verdict>, Failure> {
        let text = self.send("/v1/commands?wait=projected", "application/x-ndjson", body.as_bytes())?;
        wire::frame::verdicts(text.as_bytes()).map_err(Failure::new)
    }

    /// Has the server rebuild what it answers from.
    pub(crate) fn rebuild(&self) -> Result<Rebuilt, Failure> {
        let text = self.send("/v1/rebuild", "application/json", b"")?;
        Ok(serde_json::from_str(&text)?)
    }

    /// Writes an export as it comes.
    pub(crate) fn export(&self, what: &str, out: &mut dyn std::io::Write) -> Result<(), Failure> {
        let request = self.agent.get(format!("{}/v1/export/{what}", self.url));
        let mut response = self.signed(request).call().map_err(|error| self.unreachable(error))?;
        if !response.status().is_success() {
            let text = response.body_mut().read_to_string().map_err(|error| self.unreachable(error))?;
            return Err(refused(response.status().as_u16(), &text));
        }
        // However long: it goes through.
        let mut body = response.body_mut().with_config().limit(u64::MAX).reader();
        std::io::copy(&mut body, out)?;
        Ok(())
    }

    fn signed<B>(&self, request: ureq::RequestBuilder<B>) -> ureq::RequestBuilder<B> {
        let request = request.header("accept-language", language::now().tag());
        match &self.token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        }
    }

    fn send(&self, path: &str, content: &str, body: &[u8]) -> Result<String, Failure> {
        let request = self.agent.post(format!("{}{path}", self.url)).header("content-type", content);
        let mut response = self.signed(request).send(body).map_err(|error| self.unreachable(error))?;
        let text = response.body_mut().with_config().limit(1 << 30).read_to_string();
        let text = text.map_err(|error| self.unreachable(error))?;
        match response.status().is_success() {
            true => Ok(text),
            false => Err(refused(response.status().as_u16(), &text)),
        }
    }

    fn unreachable(&self, error: ureq::Error) -> Failure {
        let host = self.url.strip_prefix("http://").or_else(|| self.url.strip_prefix("https://"));
        if host.is_none_or(|host| host.is_empty() || host.starts_with(['/', ':'])) {
            let host = self.url.rsplit("://").next().filter(|host| host.contains(':')).unwrap_or("127.0.0.1:7070");
            return Failure::wrong_use(format!("`{}` is not the address of a server", self.url))
                .hint(format!("write its scheme, name and port, for example http://{host}"));
        }
        Failure::new(format!("ask the server at {}: {error}", self.url))
            .hint("is it running? `granary serve` starts one; --server or GRANARY_SERVER names it")
    }
}

/// A problem of the server, as a tool says it.
fn refused(status: u16, text: &str) -> Failure {
    let body: Value = serde_json::from_str(text).unwrap_or_default();
    let Told { message, hint } = web::Trouble::of_reply(status, &body).problem.told(language::now());
    let message = if body["detail"].is_string() { message } else { format!("the server answered {status}") };
    let exit = match status {
        400 | 405 | 413 => Exit::WrongUse,
        401 | 403 | 404 | 422 => Exit::Refused,
        _ => Exit::CouldNotAnswer,
    };
    let failure = Failure { exit, ..Failure::new(message) };
    match (hint.is_empty(), status) {
        (_, 401) => failure.hint("give the token in GRANARY_TOKEN; `granary token` makes one"),
        (false, _) => failure.hint(hint),
        (true, _) => failure,
    }
}
