//! Is the server fit, and are the streams what was asked? Older servers drop what they do not know in silence.

use async_nats::Client;
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType, Stream};
use async_nats::jetstream::{Context, consumer, kv};
use std::time::Duration;

use super::{ConnectError, Connection};

/// The first release line whose fences were tested.
const VERSION_MIN: (u64, u64) = (2, 14);
/// The JetStream API of that line.
const API_LEVEL_MIN: u64 = 2;
/// A record holds the events of a frame, and what was refused in it.
const PAYLOAD_MIN: usize = 4 << 20;

pub(super) async fn server(client: &Client) -> Result<(), String> {
    let info = client.server_info();
    let mut parts = info.version.split('.').map(|part| part.parse::<u64>().unwrap_or(0));
    let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if version < VERSION_MIN {
        let (major, minor) = VERSION_MIN;
        return Err(format!("it is {}, and {major}.{minor} or later is needed", info.version));
    }
    if info.max_payload < PAYLOAD_MIN {
        return Err(format!("its max_payload is {} bytes; set `max_payload: 8MB`", info.max_payload));
    }
    let reply = tokio::time::timeout(Duration::from_secs(5), client.request("$JS.API.INFO", "".into()))
        .await
        .map_err(|_| "JetStream does not answer".to_owned())?
        .map_err(|error| format!("JetStream does not answer: {error}"))?;
    let said: serde_json::Value = serde_json::from_slice(&reply.payload).map_err(|error| error.to_string())?;
    if let Some(error) = said.get("error") {
        return Err(format!("JetStream is not on: {error}"));
    }
    let level = said["api"]["level"].as_u64().unwrap_or(0);
    if level < API_LEVEL_MIN {
        return Err(format!("its JetStream API has level {level}, and {API_LEVEL_MIN} or later is needed"));
    }
    Ok(())
}

/// Makes or checks all streams; gives the commit log.
pub(super) async fn streams(context: &Context, connection: &Connection) -> Result<Stream, ConnectError> {
    let names = &connection.names;
    let common = Config {
        storage: StorageType::File,
        num_replicas: connection.replicas,
        discard: DiscardPolicy::New,
        ..Config::default()
    };
    let commands = Config {
        name: names.command_stream(),
        subjects: vec![names.commands()],
        retention: RetentionPolicy::WorkQueue,
        max_messages: connection.queue_frames_max,
        max_bytes: 1 << 30,
        ..common.clone()
    };
    let events = Config {
        name: names.event_stream(),
        subjects: vec![names.events()],
        deny_delete: true,
        deny_purge: true,
        ..common.clone()
    };
    let dead = Config { name: names.dead_stream(), subjects: vec![names.dead()], ..common };
    let queue = stream(context, connection, commands).await?;
    stream(context, connection, dead).await?;
    // One at a time takes from the queue, whoever holds the lease; a frame comes again until it is settled.
    let taking = consumer::pull::Config {
        durable_name: Some(super::queue::CONSUMER.to_owned()),
        ack_policy: consumer::AckPolicy::Explicit,
        ack_wait: connection.redeliver_after,
        max_ack_pending: super::queue::UNSETTLED_MAX,
        num_replicas: connection.replicas,
        ..consumer::pull::Config::default()
    };
    if connection.makes_streams {
        queue.create_consumer(taking).await.map_err(|error| ConnectError::Stream {
            stream: names.command_stream(),
            problem: format!("its consumer: {error}"),
        })?;
    }
    stream(context, connection, events).await
}

async fn stream(context: &Context, connection: &Connection, wanted: Config) -> Result<Stream, ConnectError> {
    let name = wanted.name.clone();
    let fault = |problem: String| ConnectError::Stream { stream: name.clone(), problem };
    let found = if connection.makes_streams {
        context.get_or_create_stream(wanted.clone()).await.map_err(|error| fault(error.to_string()))?
    } else {
        context.get_stream(&name).await.map_err(|error| fault(error.to_string()))?
    };
    let has = &found.cached_info().config;
    let differs = [
        ("subjects", has.subjects != wanted.subjects),
        ("retention", has.retention != wanted.retention),
        ("discard", has.discard != wanted.discard),
        ("storage", has.storage != wanted.storage),
        ("num_replicas", has.num_replicas != wanted.num_replicas),
        ("deny_delete", has.deny_delete != wanted.deny_delete),
        ("deny_purge", has.deny_purge != wanted.deny_purge),
        ("max_age", !has.max_age.is_zero()),
    ];
    match differs.iter().find(|(_, differs)| *differs) {
        None => Ok(found),
        Some((field, _)) => {
            Err(fault(format!("its `{field}` is not what the ledger needs; `nats stream edit {name}`")))
        }
    }
}

/// The bucket of leases. A value goes when it is as old as a lease: `max_age`, because a time to live of a single value is
/// lost when the value is updated.
pub(super) async fn leases(context: &Context, connection: &Connection) -> Result<kv::Store, ConnectError> {
    let bucket = connection.names.leases();
    let fault = |problem: String| ConnectError::Stream { stream: format!("KV_{bucket}"), problem };
    if let Ok(found) = context.get_key_value(&bucket).await {
        let age = found.status().await.map_err(|error| fault(error.to_string()))?.max_age();
        if age != connection.lease {
            return Err(fault(format!("its max_age is {age:?}, and the settings say {:?}", connection.lease)));
        }
        return Ok(found);
    }
    let config = kv::Config {
        bucket: bucket.clone(),
        history: 1,
        max_age: connection.lease,
        storage: StorageType::File,
        num_replicas: connection.replicas,
        ..kv::Config::default()
    };
    context.create_key_value(config).await.map_err(|error| fault(error.to_string()))
}
