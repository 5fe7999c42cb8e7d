//! Finds the catalogues: whatever lies in their folder is a language, English first.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo says it")).join("catalogues");
    println!("cargo::rerun-if-changed={}", folder.display());
    let files = fs::read_dir(&folder).expect("the folder of catalogues").map(|file| file.expect("a file").path());
    let tag = |path: &Path| path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned);
    let mut tags: Vec<String> =
        files.filter(|path| path.extension().is_some_and(|it| it == "ftl")).filter_map(|path| tag(&path)).collect();
    tags.sort_by_key(|tag| (tag != "en", tag.clone()));
    let mut out = String::from(
        "/// Every language: its tag (BCP 47) and its catalogue (Project Fluent); English is the first.\n",
    );
    out += "pub const CATALOGUES: &[(&str, &str)] = &[\n";
    for tag in tags {
        let _ = writeln!(
            out,
            "    ({tag:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/catalogues/{tag}.ftl\"))),"
        );
    }
    out += "];\n";
    let to = Path::new(&env::var("OUT_DIR").expect("cargo says it")).join("catalogues.rs");
    fs::write(to, out).expect("written");
}
