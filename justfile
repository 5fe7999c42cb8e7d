# `just` lists these; each line is what a person would type.

# What CI runs.
ci:
    .ci/run

# The main job, in a fresh folder.
demo:
    cargo run --release -- demo

# All tests.
test:
    cargo test --workspace

# The speed table of the README, with its baselines. The long form takes about half an hour and 25 GB of disk.
bench:
    cargo run --profile dist -p lab -- bench

bench-long:
    cargo run --profile dist -p lab -- bench --workload frames --workload replay --workload as-of --movements 100000000

# The long form of the crash tests: needs root for the simulated power cuts.
crash:
    GRANARY_KILL_ROUNDS=200 GRANARY_POWERCUT_ROUNDS=100 cargo test --release -p store --test crash -- --include-ignored --nocapture

# Decoders against arbitrary bytes, ten minutes each; needs `cargo install cargo-fuzz` and a nightly compiler.
fuzz target:
    cd fuzz && cargo +nightly fuzz run {{target}} -- -max_total_time=600

# Accept new snapshots and scenario outcomes after reading them.
bless:
    INSTA_UPDATE=always GRANARY_BLESS=1 cargo test --workspace

# Write the generated schemas anew.
schemas:
    cargo run -- schema command > schemas/command.json
    cargo run -- schema verdict > schemas/verdict.json
    cargo run -- schema event > schemas/event.json
    cargo run -- schema questions > schemas/questions.json
    cargo run -- schema openapi > schemas/openapi.json
    cargo run -- schema asyncapi > schemas/asyncapi.json

# With a release: what it promises from now on.
release-schemas: schemas
    mkdir -p schemas/released
    cp schemas/{command,verdict,event,questions}.json schemas/released/
