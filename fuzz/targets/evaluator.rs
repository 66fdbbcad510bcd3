//! Searches for policies and documents on which the evaluator and the reference do not agree.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| policyc_fuzz::guard::within_limits(|| policyc_fuzz::evaluator::run(data)));
