//! Conditions of which it is certain how they come out.

use super::Quick;
use super::value::{Bail, Data, Odd, Quickly, Source, Truth, Value};
use crate::yaml::Kind;
use policyc_lang::ir::{Comparison, Const, Expr, ExprId, GlobScope, TypeTest};
use policyc_lang::values::{Duration, FsPath, Number, Quantity, Version};
use std::borrow::Cow;
use std::cmp::Ordering;

/// Entries of mappings that are compared one by one; the evaluator compares more of them.
const MOST_EQUAL: usize = 64;

impl<'a> Quick<'a> {
    /// What a condition comes to, and from where.
    // Apart from `eval`, as what is rarer is.
    #[inline(never)]
    pub(super) fn condition(&mut self, id: ExprId, expr: &'a Expr) -> Quickly<(Truth, Source)> {
        if let Some(known) = self.facts.get(id.index()).copied().flatten() {
            return Ok((known.into(), Source::None));
        }
        match expr {
            Expr::Not(operand) => {
                let operand = self.eval(*operand)?;
                Ok((operand.truth()?.not(), operand.source))
            }
            Expr::And(..) | Expr::Or(..) => self.connective(expr),
            Expr::Compare(comparison, left, right) => {
                let (left, right) = self.both(*left, *right)?;
                Ok((self.compare(*comparison, &left, &right)?, left.source.or(right.source)))
            }
            Expr::In(left, right) => {
                if let Some(Expr::List(items)) = self.program.exprs.get(right.index()) {
                    return self.in_list(*left, items);
                }
                let (left, right) = self.both(*left, *right)?;
                Ok((self.contains(&right, &left)?, left.source.or(right.source)))
            }
            Expr::Contains(left, right) => {
                let (left, right) = self.both(*left, *right)?;
                Ok((self.contains(&left, &right)?, left.source.or(right.source)))
            }
            Expr::Matches(left, right) => self.any_of(*left, *right, |quick, value, pattern| match pattern.data {
                Data::Const(Const::Regex(pattern)) => Ok(pattern.is_match(quick.short(value)?)),
                _ => Err(Bail),
            }),
            // What a glob stops at is part of a constant one.
            Expr::Like(left, right, GlobScope::Path | GlobScope::Host | GlobScope::Plain) => {
                self.any_of(*left, *right, |quick, value, glob| match glob.data {
                    Data::Const(Const::Glob(glob)) => Ok(glob.matches(quick.short(value)?)),
                    _ => Err(Bail),
                })
            }
            Expr::Within(left, right) => self.any_of(*left, *right, Self::within_one),
            Expr::Satisfies(left, right) => self.any_of(*left, *right, |quick, value, range| match range.data {
                Data::Const(Const::VersionRange(range)) => {
                    let version = quick.version_of(value).ok_or(Bail)?;
                    Ok(range.contains(&version))
                }
                _ => Err(Bail),
            }),
            Expr::StartsWith(left, right) => self.any_of(*left, *right, |quick, value, affix| {
                Ok(quick.short(value)?.starts_with(quick.text(affix).ok_or(Bail)?))
            }),
            Expr::EndsWith(left, right) => self.any_of(*left, *right, |quick, value, affix| {
                Ok(quick.short(value)?.ends_with(quick.text(affix).ok_or(Bail)?))
            }),
            Expr::Is(operand, test) => {
                let operand = self.eval(*operand)?;
                Ok((self.is(&operand, *test)?, operand.source))
            }
            Expr::IsEmpty(operand) => {
                let operand = self.eval(*operand)?;
                Ok((self.is_empty(operand)?, operand.source))
            }
            Expr::Exists(operand) => {
                let operand = self.eval(*operand)?;
                let truth = if operand.is_unknown() { Truth::Unknown } else { (!operand.is_absent()).into() };
                Ok((truth, operand.source))
            }
            Expr::Quantifier(quantifier, binder, body) => self.quantifier(*quantifier, binder, *body),
            _ => Err(Bail),
        }
    }

    // A list that is written out need not be made.
    fn in_list(&mut self, left: ExprId, items: &'a [ExprId]) -> Quickly<(Truth, Source)> {
        let left = self.eval(left)?;
        let left = self.scalar_of_row(left);
        let (mut found, mut source) = (Truth::False, left.source);
        for item in items {
            // Most are texts of the program.
            if let (Data::Str(text), Some(Expr::Const(constant))) = (left.data, self.program.exprs.get(item.index()))
                && let Some(Const::String(item)) = self.program.consts.get(constant.index())
            {
                found = found.or((item == text).into());
                continue;
            }
            let item = self.eval(*item)?;
            source = source.or(item.source);
            let item = self.scalar_of_row(item);
            if found != Truth::True {
                found = found.or(self.equal(&item, &left)?);
            }
        }
        // No element of a list decides what a value that is not known is in.
        let found = if left.is_unknown() { Truth::Unknown } else { found };
        Ok((found, source))
    }

    pub(super) fn both(&mut self, left: ExprId, right: ExprId) -> Quickly<(Value<'a>, Value<'a>)> {
        let left = self.eval(left)?;
        let left = self.scalar_of_row(left);
        if let Some(Expr::Const(constant)) = self.program.exprs.get(right.index()) {
            let constant = self.program.consts.get(constant.index()).ok_or(Bail)?;
            return Ok((left, Value::constant(constant, Source::None)));
        }
        let right = self.eval(right)?;
        Ok((left, self.scalar_of_row(right)))
    }

    /// Puts the operands of `a and b and …` or `a or b or …` on a stack, the first on top; gives the stack's height
    /// before.
    pub(super) fn push_operands(&mut self, expr: &'a Expr) -> usize {
        let height = self.operands.len();
        let conjunction = matches!(expr, Expr::And(..));
        let mut current = expr;
        while let Expr::And(left, right) | Expr::Or(left, right) = current {
            self.operands.push(*right);
            match self.program.exprs.get(left.index()) {
                Some(next @ Expr::And(..)) if conjunction => current = next,
                Some(next @ Expr::Or(..)) if !conjunction => current = next,
                _ => {
                    self.operands.push(*left);
                    break;
                }
            }
        }
        height
    }

    fn connective(&mut self, expr: &'a Expr) -> Quickly<(Truth, Source)> {
        let conjunction = matches!(expr, Expr::And(..));
        let settled = Truth::from(!conjunction);
        let height = self.push_operands(expr);
        let (mut truth, mut source) = (settled.not(), Source::None);
        while self.operands.len() > height {
            let Some(operand) = self.operands.pop() else { break };
            let value = match self.facts.get(operand.index()).copied().flatten() {
                Some(known) => Value::bool(known, Source::None),
                None => self.eval(operand)?,
            };
            source = source.or(value.source);
            match value.truth()? {
                Truth::Unknown => truth = Truth::Unknown,
                came_out if came_out == settled => {
                    truth = settled;
                    self.operands.truncate(height);
                }
                _ => {}
            }
        }
        Ok((truth, source))
    }

    /// `left op right` for a right side that may be a list: any of it.
    fn any_of(
        &mut self,
        left: ExprId,
        right: ExprId,
        test: impl Fn(&Self, &Value<'a>, &Value<'a>) -> Quickly<bool>,
    ) -> Quickly<(Truth, Source)> {
        let (left, right) = self.both(left, right)?;
        let source = left.source.or(right.source);
        if left.is_absent() || right.is_absent() {
            return Ok((Truth::False, source));
        }
        if left.is_unknown() || right.is_unknown() {
            return Ok((Truth::Unknown, source));
        }
        if !self.is_list(&right) {
            return Ok((test(self, &left, &right)?.into(), source));
        }
        let mut found = Truth::False;
        let mut walk = self.elements(right)?;
        while let Some((_, item)) = walk.next(self)? {
            self.step()?;
            let item = self.scalar_of_row(item);
            if item.is_unknown() {
                found = Truth::Unknown;
            } else if !item.is_absent() && test(self, &left, &item)? {
                return Ok((Truth::True, source));
            }
        }
        Ok((found, source))
    }

    /// A text that is short enough to be matched here.
    fn short<'v>(&'v self, value: &Value<'a>) -> Quickly<&'v str> {
        let text = self.text(value).ok_or(Bail)?;
        Self::are_short(&[text])?;
        Ok(text)
    }

    // Numbers in ranges and paths below paths.
    fn within_one(&self, left: &Value<'a>, right: &Value<'a>) -> Quickly<bool> {
        if let (Data::Int(number), Data::Const(Const::Range(range))) = (left.data, right.data) {
            return Ok(range.contains(number.into()));
        }
        let (left, right) = (self.text(left).ok_or(Bail)?, self.text(right).ok_or(Bail)?);
        Self::are_short(&[left, right])?;
        let (left, right) = (FsPath::parse(left).map_err(|_| Bail)?, FsPath::parse(right).map_err(|_| Bail)?);
        Ok(left.is_within(&right))
    }

    fn compare(&mut self, comparison: Comparison, left: &Value<'a>, right: &Value<'a>) -> Quickly<Truth> {
        Ok(match comparison {
            Comparison::Equal => self.equal(left, right)?,
            Comparison::NotEqual => self.equal(left, right)?.not(),
            _ if left.is_unknown() || right.is_unknown() => Truth::Unknown,
            Comparison::Less => self.order(left, right)?.is_lt().into(),
            Comparison::LessEqual => self.order(left, right)?.is_le().into(),
            Comparison::Greater => self.order(left, right)?.is_gt().into(),
            Comparison::GreaterEqual => self.order(left, right)?.is_ge().into(),
        })
    }

    /// Whether two values are equal; absent equals nothing.
    pub(super) fn equal(&mut self, left: &Value<'a>, right: &Value<'a>) -> Quickly<Truth> {
        if let (Some(left), Some(right)) = (self.text(left), self.text(right)) {
            return Ok((left == right).into());
        }
        let plain = |value: &Value<'a>| {
            matches!(value.data, Data::Bool(_) | Data::Int(_) | Data::Str(_) | Data::Text(_) | Data::Null)
        };
        match (left.data, right.data) {
            (Data::Absent, _) | (_, Data::Absent) => Ok(Truth::False),
            (Data::Unknown, _) | (_, Data::Unknown) => Ok(Truth::Unknown),
            (Data::Bool(left), Data::Bool(right)) => Ok((left == right).into()),
            (Data::Int(left), Data::Int(right)) => Ok((left == right).into()),
            (Data::Null, Data::Null) => Ok(Truth::True),
            _ if self.is_amount(left) || self.is_amount(right) => {
                Ok((self.amount(left)? == self.amount(right)?).into())
            }
            _ if plain(left) && plain(right) => Ok(Truth::False),
            _ if self.is_version(left) || self.is_version(right) => {
                let both = (self.version_of(left), self.version_of(right));
                Ok(matches!(both, (Some(one), Some(other)) if one == other).into())
            }
            (Data::List(..) | Data::Const(Const::List(_)), Data::List(..) | Data::Const(Const::List(_))) => {
                Ok(self.equal_lists(*left, *right)?.into())
            }
            (Data::Node(one, _), Data::Node(other, _)) => Ok((one == other || self.equal_nodes(*left, *right)?).into()),
            (Data::Const(Const::Number(_)) | Data::Int(_), Data::Const(Const::Number(_)) | Data::Int(_)) => {
                Ok((self.number(left) == self.number(right)).into())
            }
            (Data::Object, Data::Object) => Ok(Truth::True),
            (Data::Row(left), Data::Row(right)) => Ok((left == right).into()),
            _ => Err(Bail),
        }
    }

    // Lists of texts; of what may be anything the evaluator knows.
    fn equal_lists(&mut self, left: Value<'a>, right: Value<'a>) -> Quickly<bool> {
        let (mut left, mut right) = (self.elements(left)?, self.elements(right)?);
        let mut equal = true;
        loop {
            self.step()?;
            match (left.next(self)?, right.next(self)?) {
                (None, None) => return Ok(equal),
                (Some((_, one)), Some((_, other))) => {
                    equal &= self.text(&one).ok_or(Bail)? == self.text(&other).ok_or(Bail)?;
                }
                _ => return Ok(false),
            }
        }
    }

    // Mappings and sequences of the document.
    fn equal_nodes(&mut self, left: Value<'a>, right: Value<'a>) -> Quickly<bool> {
        let (is_list, are_maps) = (self.is_list(&left), self.is_map(&left) && self.is_map(&right));
        if is_list != self.is_list(&right) || !is_list && !are_maps {
            return Ok(false);
        }
        let (ours, theirs) = (self.entries(left)?, self.entries(right)?);
        if ours.len() != theirs.len() {
            return Ok(false);
        }
        for (place, (key, one)) in ours.iter().enumerate() {
            self.step()?;
            let other = if is_list { theirs.get(place) } else { theirs.iter().find(|(known, _)| known == key) };
            let Some((_, other)) = other else { return Ok(false) };
            let both_absent = one.is_absent() && other.is_absent();
            if !both_absent && !self.equal(one, other)?.known()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    // The elements of a mapping with their keys, of a sequence without.
    fn entries(&mut self, value: Value<'a>) -> Quickly<Vec<(&'a str, Value<'a>)>> {
        let mut out = Vec::new();
        let mut walk = self.elements(value)?;
        while let Some((key, item)) = walk.next(self)? {
            self.step()?;
            if out.len() == MOST_EQUAL {
                return Err(Bail);
            }
            out.push((if let Data::Str(text) = key.data { text } else { "" }, item));
        }
        Ok(out)
    }

    /// A number, whole or not.
    pub(super) fn number(&self, value: &Value<'a>) -> Option<Number> {
        match value.data {
            Data::Int(number) => Some(number.into()),
            Data::Const(Const::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// Whether it is a version, and not only written like one.
    pub(super) fn is_version(&self, value: &Value<'a>) -> bool {
        match value.data {
            Data::Const(Const::Semver(_)) => true,
            Data::Odd(_) => matches!(self.odd(value), Some(Odd::Version(_))),
            _ => false,
        }
    }

    // A version, or a text read as one.
    pub(super) fn version_of(&self, value: &Value<'a>) -> Option<Cow<'_, Version>> {
        match value.data {
            Data::Const(Const::Semver(version)) => Some(Cow::Borrowed(version)),
            Data::Odd(_) => match self.odd(value) {
                Some(Odd::Version(version)) => Some(Cow::Borrowed(version)),
                _ => None,
            },
            _ => Version::parse(self.text(value)?).ok().map(Cow::Owned),
        }
    }

    pub(super) fn order(&self, left: &Value<'a>, right: &Value<'a>) -> Quickly<Ordering> {
        if let (Some(left), Some(right)) = (self.text(left), self.text(right)) {
            return Ok(left.cmp(right));
        }
        match (left.data, right.data) {
            (Data::Int(left), Data::Int(right)) => Ok(left.cmp(&right)),
            _ if self.is_version(left) || self.is_version(right) => {
                Ok(self.version_of(left).ok_or(Bail)?.cmp(&self.version_of(right).ok_or(Bail)?))
            }
            _ => match (self.duration(left), self.duration(right)) {
                (Some(left), Some(right)) => Ok(left.cmp(&right)),
                _ if self.is_amount(left) || self.is_amount(right) => Ok(self.amount(left)?.cmp(&self.amount(right)?)),
                _ => match (self.number(left), self.number(right)) {
                    (Some(left), Some(right)) => Ok(left.cmp(&right)),
                    _ => Err(Bail),
                },
            },
        }
    }

    /// Whether it is an amount, and not only written like one.
    pub(super) fn is_amount(&self, value: &Value<'a>) -> bool {
        match value.data {
            Data::Amount(_) | Data::Const(Const::Quantity(_)) => true,
            Data::Odd(_) => matches!(self.odd(value), Some(Odd::Quantity(_))),
            _ => false,
        }
    }

    fn duration(&self, value: &Value<'a>) -> Option<Duration> {
        match value.data {
            Data::Const(Const::Duration(duration)) => Some(*duration),
            Data::Odd(_) => match self.odd(value) {
                Some(Odd::Duration(duration)) => Some(*duration),
                _ => None,
            },
            _ => None,
        }
    }

    /// An amount, for which a whole number may stand where the other side is one.
    pub(super) fn amount(&self, value: &Value<'a>) -> Quickly<Quantity> {
        match value.data {
            Data::Amount(node) => match self.tree.resolved(node) {
                Some(crate::yaml::Resolved::Int(number)) => Quantity::from_number(number.into()).ok_or(Bail),
                _ => Quantity::parse(self.tree.text(node)).map_err(|_| Bail),
            },
            Data::Const(Const::Quantity(amount)) => Ok(*amount),
            Data::Int(_) | Data::Const(Const::Number(_)) => {
                self.number(value).and_then(Quantity::from_number).ok_or(Bail)
            }
            Data::Odd(_) => match self.odd(value) {
                Some(Odd::Quantity(amount)) => Ok(*amount),
                _ => Err(Bail),
            },
            _ => Err(Bail),
        }
    }

    fn contains(&mut self, whole: &Value<'a>, part: &Value<'a>) -> Quickly<Truth> {
        if whole.is_absent() || part.is_absent() {
            return Ok(Truth::False);
        }
        if whole.is_unknown() || part.is_unknown() {
            return Ok(Truth::Unknown);
        }
        if let Some(text) = self.text(whole) {
            let part = self.text(part).ok_or(Bail)?;
            Self::are_short(&[text, part])?;
            return Ok(text.contains(part).into());
        }
        match (whole.data, part.data) {
            (Data::Const(Const::Range(range)), Data::Int(number)) => return Ok(range.contains(number.into()).into()),
            (Data::Const(Const::List(_)) | Data::List(..), _) => {}
            (Data::Const(Const::Record(fields)), _) => {
                let key = self.text(part).ok_or(Bail)?;
                let found = fields.iter().find(|(name, _)| name == key);
                return Ok(found.is_some_and(|(_, value)| !matches!(value, Const::Absent)).into());
            }
            (Data::Node(node, _), _) => {
                if self.tree.kind(node) == Kind::Mapping {
                    let Data::Str(key) = part.data else { return Err(Bail) };
                    return Ok((!self.entry(*whole, key)?.is_absent()).into());
                }
            }
            _ => return Err(Bail),
        }
        if let (Data::Const(Const::List(items)), Some(text)) = (whole.data, self.text(part))
            && items.iter().all(|item| matches!(item, Const::String(_)))
        {
            let is = |item: &Const| matches!(item, Const::String(item) if item == text);
            return Ok(items.iter().any(is).into());
        }
        let mut found = Truth::False;
        let mut walk = self.elements(*whole)?;
        while let Some((_, item)) = walk.next(self)? {
            self.step()?;
            let item = self.scalar_of_row(item);
            found = found.or(self.equal(&item, part)?);
            if found == Truth::True {
                break;
            }
        }
        Ok(found)
    }

    pub(super) fn is_list(&self, value: &Value<'a>) -> bool {
        match value.data {
            Data::List(..) | Data::Const(Const::List(_)) => true,
            Data::Node(node, _) => self.tree.kind(node) == Kind::Sequence,
            Data::Row(row) => match self.row(row).own {
                own @ Value { data: Data::Node(..), .. } => self.is_list(&own),
                _ => false,
            },
            _ => false,
        }
    }

    pub(super) fn is_map(&self, value: &Value<'a>) -> bool {
        match value.data {
            Data::Object | Data::Record(..) | Data::Const(Const::Record(_)) => true,
            Data::Node(node, _) => self.tree.kind(node) == Kind::Mapping,
            Data::Row(row) => self.is_map(&self.row(row).own),
            _ => false,
        }
    }

    fn is(&mut self, value: &Value<'a>, test: TypeTest) -> Quickly<Truth> {
        if value.is_unknown() {
            return Ok(Truth::Unknown);
        }
        let holds = match test {
            TypeTest::Absent => value.is_absent(),
            TypeTest::Null => matches!(value.data, Data::Null),
            TypeTest::Bool => matches!(value.data, Data::Bool(_)),
            TypeTest::String => self.text(&self.scalar_of_row(*value)).is_some(),
            TypeTest::List => self.is_list(value),
            TypeTest::Kinds(kinds) => self.has_object(value) && self.is_of_kind(kinds),
            TypeTest::View(view) => matches!(value.data, Data::Row(row) if self.row(row).view == view),
            TypeTest::Number => matches!(value.data, Data::Int(_) | Data::Const(Const::Number(_))),
            TypeTest::Map => self.is_map(value),
        };
        Ok(holds.into())
    }

    fn is_empty(&mut self, value: Value<'a>) -> Quickly<Truth> {
        if matches!(value.data, Data::Absent | Data::Null) {
            return Ok(Truth::True);
        }
        if value.is_unknown() {
            return Ok(Truth::Unknown);
        }
        let value = self.scalar_of_row(value);
        if let Some(text) = self.text(&value) {
            return Ok(text.is_empty().into());
        }
        match value.data {
            Data::Bool(_) | Data::Int(_) | Data::Amount(_) => Ok(Truth::False),
            Data::Const(Const::Record(fields)) => Ok(fields.is_empty().into()),
            Data::Node(..) | Data::List(..) | Data::Const(Const::List(_)) => {
                let mut walk = self.elements(value)?;
                Ok(walk.next(self)?.is_none().into())
            }
            _ => Err(Bail),
        }
    }
}
