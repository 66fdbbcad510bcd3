//! The events of libyaml, by which everything else is measured.

#![expect(unsafe_code, reason = "the crate is C in Rust's clothes, and has no safe interface")]

use std::mem::MaybeUninit;
use unsafe_libyaml as unsafe_yaml;

/// How many events a text has. Makes each, with its marks, and lets it go.
///
/// # Errors
///
/// How many came before the text turned out to be no YAML.
pub(crate) fn events(text: &str) -> Result<usize, usize> {
    let mut parser = MaybeUninit::<unsafe_yaml::yaml_parser_t>::uninit();
    let parser = parser.as_mut_ptr();
    let mut count = 0;
    // SAFETY: the parser is initialised before any other call and deleted after the last one, the input outlives it, and
    // each event is deleted once, after the call that made it succeeded.
    unsafe {
        if unsafe_yaml::yaml_parser_initialize(parser).fail {
            return Err(0);
        }
        unsafe_yaml::yaml_parser_set_input_string(parser, text.as_ptr(), text.len() as u64);
        let outcome = loop {
            let mut event = MaybeUninit::<unsafe_yaml::yaml_event_t>::uninit();
            let event = event.as_mut_ptr();
            if unsafe_yaml::yaml_parser_parse(parser, event).fail {
                break Err(count);
            }
            count += 1;
            let last = (*event).type_ == unsafe_yaml::YAML_STREAM_END_EVENT;
            unsafe_yaml::yaml_event_delete(event);
            if last {
                break Ok(count);
            }
        };
        unsafe_yaml::yaml_parser_delete(parser);
        outcome
    }
}
