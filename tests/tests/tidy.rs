//! The rules of the house that a machine can hold: who may import whom, and what may not stand in the code.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests lies in the root").to_owned()
}

/// The names of our packages that `package` may depend on, for building and for its own tests.
fn may_import(package: &str) -> &'static [&'static str] {
    match package {
        "cordon-spatial" => &[],
        "cordon-data" | "cordon-tiles" => &["cordon-spatial"],
        "cordon-server" => &["cordon-spatial", "cordon-data", "cordon-tiles"],
        "cordon-tests" => &["cordon-spatial", "cordon-data", "cordon-tiles", "cordon-server"],
        other => panic!("{other} is no room of the house"),
    }
}

#[test]
fn the_arrows_between_the_rooms_hold() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let packages = metadata["packages"].as_array().expect("a workspace has packages");
    assert_eq!(packages.len(), 5, "the rooms in Rust are spatial, tiles, data, server and tests");
    for package in packages {
        let name = package["name"].as_str().expect("a package has a name");
        let allowed = may_import(name);
        for dependency in package["dependencies"].as_array().expect("a list") {
            let dependency = dependency["name"].as_str().expect("a dependency has a name");
            if dependency.starts_with("cordon-") {
                assert!(allowed.contains(&dependency), "{name} must not import {dependency}");
            }
        }
    }
}

/// Every file under version control with one of these endings, by its path from the root, and its text.
fn files(endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of ours can be read") {
            let path = entry.expect("a folder of ours can be read").path();
            let name = path.file_name().expect("an entry has a name").to_string_lossy().into_owned();
            if path.is_dir() {
                // Built or downloaded, not written.
                let foreign =
                    ["target", "node_modules", "dist", "artifacts", ".git", "cordon-demo", "cordon-data", ".venv"];
                if !foreign.contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if endings.iter().any(|e| name.ends_with(e)) {
                let from_root = path.strip_prefix(root()).expect("found below it").to_string_lossy().into_owned();
                found.push((from_root, std::fs::read_to_string(&path).expect("sources are text")));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no {endings:?} found");
    found
}

/// Fails with every line of these files in which `wrong` sees a reason.
fn no_line(files: &[(String, String)], wrong: impl Fn(&str, &str) -> Option<&'static str>) {
    let mut found = String::new();
    for (path, text) in files {
        for (number, line) in text.lines().enumerate() {
            if let Some(reason) = wrong(path, line) {
                found.push_str(&format!("{path}:{}: {reason}: {}\n", number + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{found}");
}

/// This file names what it forbids.
fn is_tidy(path: &str) -> bool {
    path == "tests/tests/tidy.rs"
}

#[test]
fn every_module_says_why_it_exists() {
    let silent: BTreeSet<String> = files(&[".rs"])
        .into_iter()
        .filter(|(_, text)| !text.trim_start_matches("#![no_main]\n").starts_with("//!"))
        .map(|(path, _)| path)
        .collect();
    assert!(silent.is_empty(), "these begin without //!: {silent:#?}");
}

#[test]
fn nothing_is_left_undone() {
    no_line(&files(&[".rs"]), |path, line| {
        if is_tidy(path) {
            return None;
        }
        let code = line.split("//").next().unwrap_or_default();
        [
            ("todo!(", "undone"),
            ("unimplemented!(", "undone"),
            ("dbg!(", "left over"),
            ("#[ignore", "a test nobody runs"),
        ]
        .into_iter()
        .find(|(word, _)| code.contains(word))
        .map(|(_, reason)| reason)
    });
}

/// Tests wait for conditions: only the harness's `wait` passes time idly.
#[test]
fn no_test_sleeps() {
    let tests: Vec<(String, String)> = files(&[".rs"])
        .into_iter()
        .filter(|(path, _)| !is_tidy(path) && path != "tests/src/wait.rs" && !path.starts_with("tests/src/bin/"))
        .map(|(path, text)| {
            let all = path.starts_with("tests/") || path.ends_with("tests.rs") || path.contains("/tests/");
            let start = if all { Some(0) } else { text.find("#[cfg(test)]") };
            (path, start.map_or(String::new(), |s| text[s..].to_owned()))
        })
        .collect();
    no_line(&tests, |_, line| line.contains("sleep(").then_some("a test waits for a condition, not for a while"));
}

/// The core computes: whoever gives it the same records gets the same answer.
#[test]
fn the_core_does_no_io_and_has_no_clock() {
    let core: Vec<(String, String)> =
        files(&[".rs"]).into_iter().filter(|(path, _)| path.starts_with("spatial/src/")).collect();
    let forbidden = [
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "std::io",
        "Instant",
        "SystemTime",
        "tokio",
        "tracing::",
        "println!",
        "rand::",
        "async fn",
    ];
    no_line(&core, |_, line| {
        let code = line.split("//").next().unwrap_or_default();
        let word = |w: &str| {
            code.match_indices(w).any(|(at, _)| {
                let before = code[..at].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
            })
        };
        forbidden.iter().any(|w| word(w)).then_some("the core has no I/O, clock, thread, log or randomness")
    });
}

#[test]
fn the_core_has_no_hash_map_whose_order_is_random() {
    let core: Vec<(String, String)> =
        files(&[".rs"]).into_iter().filter(|(path, _)| path.starts_with("spatial/src/")).collect();
    no_line(&core, |_, line| {
        let code = line.split("//").next().unwrap_or_default();
        let random = ["std::collections::HashMap", "std::collections::HashSet", "RandomState"];
        random.iter().any(|w| code.contains(w)).then_some("iteration order must be defined")
    });
}

#[test]
fn the_console_is_typed() {
    let sources: Vec<(String, String)> = if root().join("web/src").exists() {
        files(&[".ts", ".tsx"]).into_iter().filter(|(path, _)| path.starts_with("web/src/")).collect()
    } else {
        Vec::new()
    };
    no_line(&sources, |_, line| {
        let code = line.split("//").next().unwrap_or_default();
        let words = [": any", "as any", "<any>", "any[]"];
        let whole = |w: &str| {
            code.match_indices(w)
                .any(|(at, _)| !code[at + w.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        if line.contains("@ts-ignore") || line.contains("@ts-nocheck") {
            return Some("types are not switched off");
        }
        words.iter().any(|w| whole(w)).then_some("no any")
    });
}

/// A part of the commander's screen can be read, changed and taken out alone.
#[test]
fn the_parts_of_the_commanders_screen_do_not_know_each_other() {
    const SCREEN: &str = "web/src/features/command/";
    let sources: Vec<(String, String)> =
        files(&[".ts", ".tsx"]).into_iter().filter(|(path, _)| path.starts_with(SCREEN)).collect();
    let parts: BTreeSet<String> =
        sources.iter().filter_map(|(path, _)| Some(path[SCREEN.len()..].split_once('/')?.0.to_owned())).collect();
    assert!(parts.len() >= 10, "parts of the screen: {parts:?}");
    let inside: Vec<(String, String)> =
        sources.into_iter().filter(|(path, _)| path[SCREEN.len()..].contains('/')).collect();
    no_line(&inside, |_, line| {
        let named = line.split_once("from '../").map(|(_, rest)| rest.split(['/', '\'']).next().unwrap_or_default());
        named.is_some_and(|name| parts.contains(name)).then_some("a part of the screen imports another")
    });
}

/// The project speaks of itself alone: no place on somebody's machine stands in it.
#[test]
fn no_path_of_a_machine_stands_in_the_project() {
    let all = files(&[".rs", ".ts", ".tsx", ".toml", ".md", ".css", ".html", ".mjs", ".js", "run", "/test", "tools"]);
    no_line(&all, |path, line| {
        if is_tidy(path) {
            return None;
        }
        let of_a_person = ["home", "root", "Users", "work"].iter().any(|folder| line.contains(&format!("/{folder}/")));
        (of_a_person || line.contains("C:\\")).then_some("a path of one machine")
    });
}
