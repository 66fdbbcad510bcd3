//! Positions and ranges in the protocol's form, and the agreement on what they count.

use crate::lines::{Encoding, Point, Points};
use gen_lsp_types as lsp;

/// The best of the encodings that a client offers: bytes, since nothing has to be counted then.
pub(crate) fn negotiate<'o>(offered: impl Iterator<Item = &'o str>) -> Encoding {
    let offered: Vec<&str> = offered.collect();
    let known = [("utf-8", Encoding::Utf8), ("utf-32", Encoding::Utf32)];
    known.into_iter().find(|(name, _)| offered.contains(name)).map_or(Encoding::Utf16, |(_, encoding)| encoding)
}

/// The protocol's word for an encoding.
pub(crate) fn kind(encoding: Encoding) -> lsp::PositionEncodingKind {
    match encoding {
        Encoding::Utf8 => lsp::PositionEncodingKind::UTF8,
        Encoding::Utf16 => lsp::PositionEncodingKind::UTF16,
        Encoding::Utf32 => lsp::PositionEncodingKind::UTF32,
    }
}

/// A position.
pub(crate) fn to_point(position: lsp::Position) -> Point {
    Point { line: position.line, character: position.character }
}

/// Both ends of a range.
pub(crate) fn to_points(range: lsp::Range) -> Points {
    Points { start: to_point(range.start), end: to_point(range.end) }
}

/// The protocol's form of a point.
pub(crate) fn position(point: Point) -> lsp::Position {
    lsp::Position { line: point.line, character: point.character }
}

/// The protocol's form of a range.
pub(crate) fn range(points: Points) -> lsp::Range {
    lsp::Range { start: position(points.start), end: position(points.end) }
}

#[cfg(test)]
mod tests {
    use super::{Encoding, negotiate};

    #[test]
    fn bytes_are_taken_where_they_are_offered() {
        assert_eq!(negotiate(["utf-16", "utf-8"].into_iter()), Encoding::Utf8);
        assert_eq!(negotiate(["utf-16", "utf-32"].into_iter()), Encoding::Utf32);
        assert_eq!(negotiate([].into_iter()), Encoding::Utf16);
    }
}
