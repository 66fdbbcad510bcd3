//! `agree [PROGRAMS] [SEED]`: random programs, each on several documents, held against the reference. Ends with 1 at the
//! first disagreement, after making it small.

use policyc_fuzz::evaluator::{DOCUMENTS, RULES, agree, explain};
use policyc_reference::choices::Choices;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>().ok());
    let (programs, first) = match (arguments.next(), arguments.next()) {
        (None, _) => (10_000, 0),
        (Some(Some(programs)), None) => (programs, 0),
        (Some(Some(programs)), Some(Some(seed))) => (programs, seed),
        _ => {
            eprintln!("usage: agree [PROGRAMS] [SEED]");
            return ExitCode::from(2);
        }
    };
    let start = Instant::now();
    let modules = programs.div_ceil(RULES as u64);
    let (mut done, mut checks) = (0, [0; 4]);
    for seed in first..first + modules {
        match agree(&mut Choices::random(seed), RULES, DOCUMENTS) {
            Ok(seen) => checks.iter_mut().zip(seen).for_each(|(sum, seen)| *sum += seen),
            Err(case) => {
                println!("seed {seed}\n{}", explain(*case));
                return ExitCode::FAILURE;
            }
        }
        done += RULES as u64;
        if done % (RULES as u64 * 1000) == 0 {
            eprintln!("{done} programs, {:.0} s", start.elapsed().as_secs_f64());
        }
    }
    let [pass, fail, unknown, left_out] = checks;
    println!(
        "{done} programs agree on {DOCUMENTS} documents each, {:.0} s: {pass} checks pass, {fail} fail, {unknown} cannot be \
         told, {left_out} subjects are left out",
        start.elapsed().as_secs_f64()
    );
    ExitCode::SUCCESS
}
