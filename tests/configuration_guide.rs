//! The examples of `docs/configuration.md`.

mod support;

#[test]
fn every_example_does_what_the_guide_says() {
    let run = support::guide::run(include_str!("../docs/configuration.md"));
    assert!(run > 15, "{run}");
}
