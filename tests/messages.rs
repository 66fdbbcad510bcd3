//! What the compiler says of a policy with many mistakes, as a person sees it: each is told in one run, at its place,
//! with what to write instead. The messages one by one: `lang/src/syntax/tests/messages.txt` for the form,
//! `lang/src/check/tests/*.txt` for the meaning.

mod support;

use support::Folder;

const MISTAKEN: &str = r#"module own.mistaken

param repositories: list<glob> = ["registry.example/**"
param most: quantity = "lots"

rule own-limits on container c {
  title    'Limits'
  serverity high

  let limit = c.resources.limits.memory
  require limit <= most else "too much memory"
  forbid c.securityContext.privileged else "privileged"
  require c.image.tag = "1" else "another tag"
  require c.image.tag != "latest" && exists c.image.digest else "not pinned"
  require any r in repositories: c.image.repository like r
}

rule own-owner on Deploymnt d {
  title "Owner"
  severity medium
  require exists d.metadata.labels["owner"] else "no owner"
}

rule own-name on Pod p {
  title "Names"
  severity low
  require p.metadata.nam matches "^[a-z]+$" else "{p.metadata.name} is odd"
}
"#;

const MISUNDERSTOOD: &str = r#"module own.misunderstood

param most: quantity = "lots"
param tags: list<string> = ["latest", 3]

rule own-limits on container c {
  title    "Limits"
  severity hgh

  let limit = c.resources.limits.memory
  require limit <= most else "too much memory"
  forbid c.securityContext.privileged else "privileged"
  require c.imagePullPolicy == "Allways" else "not pulled"
  require c.securityContext.runAsUsr != 0 else "root"
  require lenght(c.name) < 20 else "a long name"
}

rule own-owner on Deploymnt d {
  title "Owner"
  severity medium
  require exists d.metadata.labels["owner"] else "no owner"
}

use own-limit with { most: 2Gi }
"#;

fn check(name: &str, policy: &str) {
    let folder = Folder::new(&[("own.policy", policy)]);
    let said = folder.run(&["compile", "own.policy"]);
    assert_eq!(said.code, 2, "{}", said.out);
    let helps = said.err.matches("help: ").count();
    assert!(helps >= 10, "{helps} of ten mistakes say what would help:\n{}", said.err);
    insta::with_settings!({snapshot_path => "snapshots", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!(name, said.err);
    });
}

#[test]
fn ten_mistakes_of_form_give_ten_messages() {
    check("mistaken", MISTAKEN);
}

#[test]
fn ten_mistakes_of_meaning_give_ten_messages() {
    check("misunderstood", MISUNDERSTOOD);
}
