//! Every file of `scenarios/` is a test; see `testkit::script` for how they read.

use std::path::Path;

fn scenario(path: &Path) -> datatest_stable::Result<()> {
    testkit::script::run_file(path).map_err(Into::into)
}

datatest_stable::harness! {
    { test = scenario, root = "scenarios", pattern = r"^[a-z0-9_]+\.txt$" },
}
