//! `policyc init`: what a project begins with.

use super::new::write_new;
use crate::args::InitArgs;
use crate::render::escape;
use crate::{Refusal, exit, output};

/// The project file.
const CONFIG: &str = "# What policyc judges here, and with what. Rules are listed by `policyc rules`.
edition: \"2026\"
policies: [policies]
failOn: low
";

/// The first rule of one's own.
const RULE: &str = r#"module own.owner_label

# Who is called when a workload is in trouble. Change the name of the label on the command line or in policyc.yaml.
param label: string = "owner"
  doc "The label that names the owner."

rule own-owner-label on workload w {
  title    "Workloads name their owner"
  severity low
  tags     ["own"]
  help     "Whoever is called at night must know whom to ask. Add the label."

  require exists w.metadata.labels[label]
    else "{w} has no label `{label}`"
}

test "a label on the workload itself" {
  given yaml """
    apiVersion: v1
    kind: Pod
    metadata: {name: good, labels: {owner: shop}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: bad, labels: {app: web}} #~ own-owner-label
    """
}
"#;

/// The entry for pre-commit.
const HOOK: &str = "# Judges what a commit changes, with the whole tree as evidence: https://pre-commit.com
repos:
  - repo: local
    hooks:
      - id: policyc
        name: policyc
        entry: policyc check --only
        language: system
        types: [text]
        files: '(?i)(\\.(ya?ml|json|tpl|dockerfile)|(^|/)((Dockerfile|Containerfile)(\\.[^/]*)?|Kustomization))$'
        require_serial: true
      - id: policyc-test
        name: policyc test
        entry: policyc test policies
        language: system
        files: '\\.policy$'
        pass_filenames: false
";

/// Writes the files that are not there yet.
///
/// # Errors
///
/// If one cannot be written.
pub(crate) fn init(args: &InitArgs) -> Result<u8, Refusal> {
    let files = [("policyc.yaml", CONFIG), ("policies/owner-label.policy", RULE), (".pre-commit-config.yaml", HOOK)];
    let mut said = Vec::new();
    for (name, text) in files {
        let path = args.folder.join(name);
        let shown = escape(&path.display().to_string());
        if path.exists() {
            said.push(format!("kept   {shown}, which is there already"));
        } else {
            write_new(&path, text)?;
            said.push(format!("wrote  {shown}"));
        }
    }
    output::print(|out| {
        said.iter().try_for_each(|line| writeln!(out, "{line}"))?;
        writeln!(out, "next: `policyc test policies`, then `policyc check`")
    })?;
    Ok(exit::CLEAN)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use policyc_lang::format::format;

    #[test]
    fn the_first_rule_is_in_style() {
        assert_eq!(format(RULE), RULE);
    }
}
