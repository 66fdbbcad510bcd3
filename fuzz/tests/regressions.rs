//! Every input that once broke something, run again: `regressions/TARGET/*`, and the targets' own seeds.

use policyc_fuzz::{check, dockerfile, guard, policy, yaml};
use std::path::{Path, PathBuf};

fn replay(target: &str, run: fn(&[u8])) {
    for folder in ["regressions", "seeds"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(target);
        if !folder.is_dir() {
            continue;
        }
        let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            println!("{}", path.display());
            let data = std::fs::read(&path).unwrap();
            guard::within_limits(|| run(&data));
        }
    }
}

#[test]
fn yaml_inputs_hold() {
    replay("yaml", yaml::run);
}

#[test]
fn policy_inputs_hold() {
    replay("policy", policy::run);
}

#[test]
fn check_inputs_hold() {
    replay("check", check::run);
    replay("check", check::run_with_all_rules);
}

#[test]
fn dockerfile_inputs_hold() {
    replay("dockerfile", dockerfile::run);
}
