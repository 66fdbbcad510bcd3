//! Searches for inputs that break what [`policyc_fuzz::dockerfile`] promises.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| policyc_fuzz::guard::within_limits(|| policyc_fuzz::dockerfile::run(data)));
