//! Parts that the engine computes: of the object at hand, and of texts with a form.

use super::Quick;
use super::machine::LONGEST;
use super::value::{Bail, Data, Quickly, Source, Value};
use crate::yaml::NodeId;
use policyc_lang::ir::Native;
use policyc_lang::values::{FsPath, ImageRef};

impl<'a> Quick<'a> {
    /// `Expr::Native`.
    pub(super) fn native(&mut self, base: Value<'a>, part: Native) -> Quickly<Value<'a>> {
        if base.is_absent() {
            return Ok(base);
        }
        // How a text is written does not hang on what its variables are.
        if let (Native::TextRaw, Source::Node(node) | Source::Key(node)) = (part, base.source) {
            return Ok(Value::new(Data::Str(self.tree.span(node).text(self.tree.source())), base.source));
        }
        if base.is_unknown() {
            return Err(Bail);
        }
        let object = self.object;
        let at = |node: Option<NodeId>| Source::Node(node.unwrap_or(object.node));
        let of_object = match part {
            Native::ObjectApiVersion => Value::new(Data::Str(object.api_version), at(object.api_version_node)),
            Native::ObjectGroup => Value::new(Data::Str(object.group()), at(object.api_version_node)),
            Native::ObjectVersion => Value::new(Data::Str(object.version()), at(object.api_version_node)),
            Native::ObjectKind => Value::new(Data::Str(object.kind), at(object.kind_node)),
            Native::RowObject => Value::new(Data::Object, at(None)),
            Native::ImageTag | Native::ImageDigest => return self.part_of_image(base, part),
            Native::ImageRegistry | Native::ImagePath | Native::ImageRepository => {
                return self.name_of_image(base, part);
            }
            Native::SemverMajor | Native::SemverMinor | Native::SemverPatch => return self.part_of_version(base, part),
            Native::PathBase | Native::PathAbsolute => return self.part_of_path(base, part),
            _ => return Err(Bail),
        };
        if self.has_object(&base) { Ok(of_object) } else { Ok(Value::absent(base.source)) }
    }

    fn part_of_version(&mut self, base: Value<'a>, part: Native) -> Quickly<Value<'a>> {
        let base = self.scalar_of_row(base);
        if !self.is_version(&base) {
            return Err(Bail);
        }
        let version = self.version_of(&base).ok_or(Bail)?;
        let number = match part {
            Native::SemverMajor => version.major(),
            Native::SemverMinor => version.minor(),
            _ => version.patch(),
        };
        Ok(Value::new(Data::Int(i64::try_from(number).map_err(|_| Bail)?), base.source))
    }

    fn part_of_path(&mut self, base: Value<'a>, part: Native) -> Quickly<Value<'a>> {
        let base = self.scalar_of_row(base);
        let text = self.text(&base).filter(|text| text.len() <= LONGEST).ok_or(Bail)?;
        let Ok(path) = FsPath::parse(text) else { return Ok(Value::absent(base.source)) };
        let data = match part {
            Native::PathAbsolute => Data::Bool(path.is_absolute()),
            _ => {
                let name = path.base().to_owned();
                self.keep_text(name)
            }
        };
        Ok(Value::new(data, base.source))
    }

    fn part_of_image(&mut self, base: Value<'a>, part: Native) -> Quickly<Value<'a>> {
        let base = self.scalar_of_row(base);
        let Data::Str(text) = base.data else { return Err(Bail) };
        let range = match self.image {
            Some((known, tag, digest)) if std::ptr::eq(known, text) => {
                if part == Native::ImageTag {
                    tag
                } else {
                    digest
                }
            }
            _ => {
                if text.contains('$') {
                    return Err(Bail);
                }
                let image = ImageRef::parse(text).map_err(|_| Bail)?;
                let small = |range: Option<std::ops::Range<usize>>| range.map(|range| (range.start, range.end));
                let (tag, digest) = (small(image.tag_range()), small(image.digest_range()));
                self.image = Some((text, tag, digest));
                if part == Native::ImageTag { tag } else { digest }
            }
        };
        match range {
            None => Ok(Value::absent(base.source)),
            Some((start, end)) => Ok(Value::new(Data::Str(text.get(start..end).ok_or(Bail)?), base.source)),
        }
    }

    // Names are told in full, which is seldom how they are written.
    fn name_of_image(&mut self, base: Value<'a>, part: Native) -> Quickly<Value<'a>> {
        let base = self.scalar_of_row(base);
        let Data::Str(text) = base.data else { return Err(Bail) };
        if text.contains('$') {
            return Err(Bail);
        }
        let image = ImageRef::parse(text).map_err(|_| Bail)?;
        let name = match part {
            Native::ImageRegistry => image.registry().to_owned(),
            Native::ImagePath => image.path().into_owned(),
            _ => image.repository(),
        };
        Ok(Value::new(self.keep_text(name), base.source))
    }
}
