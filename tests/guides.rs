//! The examples of guides beside that of the configuration.

mod support;

#[test]
fn every_example_of_the_roadmap_does_what_the_guide_says() {
    let run = support::guide::run(include_str!("../docs/roadmap.md"));
    assert!(run >= 4, "{run}");
}

#[test]
fn every_example_of_compliance_does_what_the_guide_says() {
    let run = support::guide::run(include_str!("../docs/compliance.md"));
    assert!(run >= 4, "{run}");
}

#[test]
fn every_example_of_the_network_does_what_the_guide_says() {
    let run = support::guide::run(include_str!("../docs/network.md"));
    assert!(run >= 5, "{run}");
}
