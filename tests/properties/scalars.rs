//! What a piece of YAML says, worked out from its text alone and by another way than the reader's.

/// The text that a scalar's slice of the source stands for. `None` for what this does not decode: block scalars, whose
/// header is not in their slice, and aliases.
pub(crate) fn decoded(slice: &str) -> Option<String> {
    match slice.chars().next() {
        Some('\'') if slice.len() > 1 => {
            let inner = slice.strip_prefix('\'')?.strip_suffix('\'')?;
            Some(folded(&lines(inner)).replace("''", "'"))
        }
        Some('"') if slice.len() > 1 => double_quoted(slice.strip_prefix('"')?.strip_suffix('"')?),
        Some('*') => None,
        _ => Some(folded(&lines(slice))),
    }
}

/// The text of the block scalar whose content lies between two bytes of the source. `None` where its header gives the
/// indentation as a number, and where there is no content.
pub(crate) fn block_decoded(source: &str, start: usize, end: usize) -> Option<String> {
    let line_start = source[..start].rfind('\n').map_or(0, |at| at + 1);
    let indent = start - line_start;
    if start == end || !source[line_start..start].bytes().all(|byte| byte == b' ') {
        return None;
    }
    let above = lines(&source[..line_start]);
    let blank = |line: &&String| line.trim_matches([' ', '\t']).is_empty();
    // The last of these lines is the empty rest behind the last line end.
    let mut above = above.iter().rev().skip(1);
    let leading = above.clone().take_while(blank).count();
    let header = header(above.nth(leading)?)?;
    let mut line_end = source[end..].find(['\n', '\r']).map_or(source.len(), |at| end + at);
    // Lines of blanks that reach further in than the content are content, which the slice leaves out.
    let mut rest = line_end;
    while let Some(line) = source[rest..].strip_prefix('\n').and_then(|below| below.split('\n').next()) {
        if !line.trim_matches([' ', '\t', '\r']).is_empty() {
            break;
        }
        rest += 1 + line.len();
        if line.trim_end_matches('\r').len() > indent {
            line_end = rest;
        }
    }
    let content: Vec<String> = std::iter::repeat_n(String::new(), leading)
        .chain(lines(&source[line_start..line_end]).iter().map(|line| without_indent(line, indent)))
        .collect();
    let mut text = if header.starts_with('>') { folded_block(&content) } else { content.join("\n") };
    if header.contains('+') {
        let below = lines(&source[line_end..]);
        // Before the first of these lines stands the content, behind the last one no line end.
        let rest = below.len().saturating_sub(2);
        let trailing = below.iter().skip(1).take(rest).take_while(blank).count();
        text.push_str(&"\n".repeat(1 + trailing));
    } else if !header.contains('-') {
        text.push('\n');
    }
    Some(text)
}

/// The header at the end of a line, such as `|-`; `None` where it holds a digit.
fn header(line: &str) -> Option<&str> {
    let mut starts = line.match_indices(['|', '>']).map(|(at, _)| at);
    let is_header = |at: &usize| {
        let rest = line[at + 1..].trim_start_matches(['+', '-', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        rest.trim_matches([' ', '\t']).is_empty() || rest.starts_with([' ', '\t']) && rest.trim_start().starts_with('#')
    };
    let start = starts.find(is_header)?;
    let end = line[start + 1..].find([' ', '\t']).map_or(line.len(), |at| start + 1 + at);
    let header = &line[start..end];
    (!header.contains(|letter: char| letter.is_ascii_digit())).then_some(header)
}

fn without_indent(line: &str, indent: usize) -> String {
    let blanks = line.len() - line.trim_start_matches(' ').len();
    line[blanks.min(indent)..].to_owned()
}

fn lines(text: &str) -> Vec<String> {
    text.replace("\r\n", "\n").replace('\r', "\n").split('\n').map(str::to_owned).collect()
}

/// Line folding in flow scalars: one break is a blank, and each empty line after it a line end.
fn folded(lines: &[String]) -> String {
    let mut out = String::new();
    let mut breaks = 0;
    for (number, line) in lines.iter().enumerate() {
        let (first, last) = (number == 0, number + 1 == lines.len());
        let mut part = line.as_str();
        if !first {
            part = part.trim_start_matches([' ', '\t']);
        }
        if !last {
            part = part.trim_end_matches([' ', '\t']);
        }
        if !first {
            breaks += 1;
        }
        if part.is_empty() && !last && !first {
            continue;
        }
        match breaks {
            0 => {}
            1 => out.push(' '),
            more => out.push_str(&"\n".repeat(more - 1)),
        }
        breaks = 0;
        out.push_str(part);
    }
    out
}

/// Folding in `>` scalars: breaks beside lines that start with a blank stay.
fn folded_block(lines: &[String]) -> String {
    let mut out = String::new();
    let mut empty = 0;
    let mut previous_spaced: Option<bool> = None;
    for line in lines {
        if line.is_empty() {
            empty += 1;
            continue;
        }
        let spaced = line.starts_with([' ', '\t']);
        match previous_spaced {
            None => out.push_str(&"\n".repeat(empty)),
            Some(false) if !spaced && empty == 0 => out.push(' '),
            Some(false) if !spaced => out.push_str(&"\n".repeat(empty)),
            Some(_) => out.push_str(&"\n".repeat(empty + 1)),
        }
        out.push_str(line);
        empty = 0;
        previous_spaced = Some(spaced);
    }
    out
}

/// Escapes are put in the place of what they stand for only after folding, since an escaped blank is no blank.
fn double_quoted(inner: &str) -> Option<String> {
    // A break behind a backslash vanishes with the blanks around it, but for those before the backslash.
    let mut joined = String::new();
    let text = inner.replace("\r\n", "\n").replace('\r', "\n");
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        joined.push(letter);
        if letter == '\\' {
            match letters.next()? {
                '\n' => {
                    // `\0` with nothing behind it marks the place; no source holds it.
                    joined.pop();
                    joined.push('\0');
                    while letters.next_if(|next| matches!(next, ' ' | '\t')).is_some() {}
                }
                other => joined.push(other),
            }
        }
    }
    unescaped(&folded_quoted(&joined))
}

/// As [`folded`], but a blank that stands behind a backslash is kept, and no line end behind a mark counts.
fn folded_quoted(text: &str) -> String {
    // The break that a mark stands for is gone, so that one behind it is the second.
    let text = text.replace("\0\n", "\0\n\n");
    let lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let protected: Vec<String> = lines
        .iter()
        .map(|line| {
            let trimmed = line.trim_end_matches([' ', '\t']);
            let slashes = trimmed.len() - trimmed.trim_end_matches('\\').len();
            if slashes % 2 == 1 && trimmed.len() < line.len() { format!("{trimmed}\u{1}") } else { line.clone() }
        })
        .collect();
    folded(&protected).replace('\u{1}', " ").replace('\0', "")
}

fn unescaped(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        out.push(match letters.next()? {
            'n' => '\n',
            't' | '\t' => '\t',
            'r' => '\r',
            '0' => '\0',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'e' => '\u{1B}',
            'f' => '\u{C}',
            'v' => '\u{B}',
            'N' => '\u{85}',
            '_' => '\u{A0}',
            'L' => '\u{2028}',
            'P' => '\u{2029}',
            'x' => digits(&mut letters, 2)?,
            'u' => surrogates(&mut letters)?,
            'U' => digits(&mut letters, 8)?,
            plain @ ('"' | '\\' | '/' | ' ') => plain,
            _ => return None,
        });
    }
    Some(out)
}

fn digits(letters: &mut std::str::Chars<'_>, count: usize) -> Option<char> {
    let text: String = letters.by_ref().take(count).collect();
    char::from_u32(u32::from_str_radix(&text, 16).ok()?)
}

/// JSON writes what lies past 16 bits as two escapes.
fn surrogates(letters: &mut std::str::Chars<'_>) -> Option<char> {
    let unit = |letters: &mut std::str::Chars<'_>| {
        let text: String = letters.by_ref().take(4).collect();
        u32::from_str_radix(&text, 16).ok()
    };
    let first = unit(letters)?;
    if !(0xD800..0xDC00).contains(&first) {
        return char::from_u32(first);
    }
    if letters.next()? != '\\' || letters.next()? != 'u' {
        return None;
    }
    let second = unit(letters)?;
    char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + second.checked_sub(0xDC00)?)
}

#[test]
fn slices_are_decoded() {
    for (slice, text) in [
        ("a b", "a b"),
        ("a\n  b\n\n  c", "a b\nc"),
        ("'it''s'", "it's"),
        ("' a \n\n\n b '", " a\n\nb "),
        (r#""a\tb\u0041\x42""#, "a\tbAB"),
        ("\"a \\\n   b\"", "a b"),
        ("\"a\\\n\n  b\"", "a\nb"),
        ("\"a\\ \n b\"", "a  b"),
        ("\"\"", ""),
    ] {
        assert_eq!(decoded(slice).as_deref(), Some(text), "{slice}");
    }
    for (source, content, text) in [
        ("a: |\n  x\n   y\n", "x\n   y", "x\n y\n"),
        ("a: |-\n  x\n", "x", "x"),
        ("a: |\n  x\n    \n\nb: 1\n", "x", "x\n  \n"),
        ("a: |+\n  x\n\n\nb: 1\n", "x", "x\n\n\n"),
        ("a: > # c\n\n  x\n  y\n\n  z\n    w\n  v\n", "x\n  y\n\n  z\n    w\n  v", "\nx y\nz\n  w\nv\n"),
    ] {
        let start = source.find(content).unwrap_or_default();
        assert_eq!(block_decoded(source, start, start + content.len()).as_deref(), Some(text), "{source}");
    }
}
