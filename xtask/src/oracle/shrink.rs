//! A text made as small as it can be while it still shows the same.

/// Most questions for one text.
const MOST_QUESTIONS: usize = 1500;

/// Takes away lines, then letters, as long as `shows` holds.
///
/// # Errors
///
/// What `shows` fails with.
pub(crate) fn shrink<E>(text: &str, mut shows: impl FnMut(&str) -> Result<bool, E>) -> Result<String, E> {
    let mut best = text.to_owned();
    let mut left = MOST_QUESTIONS;
    loop {
        let before = best.len();
        let lines: Vec<String> = best.split_inclusive('\n').map(str::to_owned).collect();
        best = without_parts(lines, &mut left, &mut shows)?;
        if best.len() < 4000 {
            let letters: Vec<String> = best.chars().map(String::from).collect();
            best = without_parts(letters, &mut left, &mut shows)?;
        }
        if best.len() == before || left == 0 {
            return Ok(best);
        }
    }
}

/// Takes away runs of parts, long runs first.
fn without_parts<E>(
    mut parts: Vec<String>,
    left: &mut usize,
    shows: &mut impl FnMut(&str) -> Result<bool, E>,
) -> Result<String, E> {
    let mut run = parts.len().div_ceil(2).max(1);
    loop {
        let mut at = 0;
        while at < parts.len() && *left > 0 {
            let end = (at + run).min(parts.len());
            let shorter: String = parts[..at].iter().chain(&parts[end..]).map(String::as_str).collect();
            *left -= 1;
            if shows(&shorter)? {
                parts.drain(at..end);
            } else {
                at = end;
            }
        }
        if run == 1 {
            return Ok(parts.concat());
        }
        run = run.div_ceil(2);
    }
}

#[cfg(test)]
mod tests {
    use super::shrink;

    #[test]
    fn what_is_not_needed_goes() {
        let text = "a: 1\nb: [é, x]\nc: 2\n".repeat(30);
        let shows = |text: &str| Ok::<bool, ()>(text.contains('é') && text.contains('x'));
        assert_eq!(shrink(&text, shows).as_deref(), Ok("éx"));
        assert_eq!(shrink("ab", |text: &str| Ok::<bool, ()>(text == "ab")).as_deref(), Ok("ab"));
        assert_eq!(shrink("", |_: &str| Err(1)), Ok(String::new()));
    }
}
