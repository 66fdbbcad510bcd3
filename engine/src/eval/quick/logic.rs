//! Conditions of which it is certain how they come out.

use super::Quick;
use super::value::{Bail, Data, Quickly, Source, Value};
use crate::yaml::Kind;
use policyc_lang::ir::{Comparison, Const, Expr, ExprId, GlobScope, TypeTest};
use policyc_lang::values::{FsPath, Quantity, Version};
use std::cmp::Ordering;

impl<'a> Quick<'a> {
    /// What a condition comes to, and from where.
    // Apart from `eval`, as what is rarer is.
    #[inline(never)]
    pub(super) fn condition(&mut self, id: ExprId, expr: &'a Expr) -> Quickly<(bool, Source)> {
        if let Some(known) = self.facts.get(id.index()).copied().flatten() {
            return Ok((known, Source::None));
        }
        match expr {
            Expr::Not(operand) => {
                let operand = self.eval(*operand)?;
                Ok((!operand.truth()?, operand.source))
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
            Expr::Matches(left, right) => self.any_of(*left, *right, |_, text, pattern| match pattern.data {
                Data::Const(Const::Regex(pattern)) => Ok(pattern.is_match(text)),
                _ => Err(Bail),
            }),
            // What a glob stops at is part of a constant one.
            Expr::Like(left, right, GlobScope::Path | GlobScope::Host | GlobScope::Plain) => {
                self.any_of(*left, *right, |_, text, glob| match glob.data {
                    Data::Const(Const::Glob(glob)) => Ok(glob.matches(text)),
                    _ => Err(Bail),
                })
            }
            Expr::Within(left, right) => self.within(*left, *right),
            Expr::StartsWith(left, right) => self.any_of(*left, *right, |quick, text, affix| {
                let affix = quick.text(affix).ok_or(Bail)?;
                Ok(text.starts_with(affix))
            }),
            Expr::EndsWith(left, right) => self.any_of(*left, *right, |quick, text, affix| {
                let affix = quick.text(affix).ok_or(Bail)?;
                Ok(text.ends_with(affix))
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
                Ok((!operand.is_absent(), operand.source))
            }
            Expr::Quantifier(quantifier, binder, body) => self.quantifier(*quantifier, binder, *body),
            _ => Err(Bail),
        }
    }

    // A list that is written out need not be made.
    fn in_list(&mut self, left: ExprId, items: &'a [ExprId]) -> Quickly<(bool, Source)> {
        let left = self.eval(left)?;
        let left = self.scalar_of_row(left);
        let (mut found, mut source) = (false, left.source);
        for item in items {
            let item = self.eval(*item)?;
            source = source.or(item.source);
            let item = self.scalar_of_row(item);
            found = found || self.equal(&item, &left)?;
        }
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

    fn connective(&mut self, expr: &'a Expr) -> Quickly<(bool, Source)> {
        let conjunction = matches!(expr, Expr::And(..));
        let height = self.push_operands(expr);
        let (mut truth, mut source) = (conjunction, Source::None);
        while self.operands.len() > height {
            let Some(operand) = self.operands.pop() else { break };
            let value = match self.facts.get(operand.index()).copied().flatten() {
                Some(known) => Value::bool(known, Source::None),
                None => self.eval(operand)?,
            };
            source = source.or(value.source);
            if value.truth()? != conjunction {
                truth = !conjunction;
                self.operands.truncate(height);
            }
        }
        Ok((truth, source))
    }

    /// `left op right` for a text and a right side that may be a list: any of it.
    fn any_of(
        &mut self,
        left: ExprId,
        right: ExprId,
        test: impl Fn(&Self, &str, &Value<'a>) -> Quickly<bool>,
    ) -> Quickly<(bool, Source)> {
        let (left, right) = self.both(left, right)?;
        let source = left.source.or(right.source);
        if left.is_absent() || right.is_absent() {
            return Ok((false, source));
        }
        if !self.is_list(&right) {
            let text = self.text(&left).ok_or(Bail)?;
            Self::are_short(&[text])?;
            return Ok((test(self, text, &right)?, source));
        }
        let mut walk = self.elements(right)?;
        while let Some((_, item)) = walk.next(self)? {
            self.step()?;
            let item = self.scalar_of_row(item);
            let text = self.text(&left).ok_or(Bail)?;
            Self::are_short(&[text])?;
            if !item.is_absent() && test(self, text, &item)? {
                return Ok((true, source));
            }
        }
        Ok((false, source))
    }

    /// `left within right`: numbers in ranges and paths below paths, or any of a list of them.
    fn within(&mut self, left: ExprId, right: ExprId) -> Quickly<(bool, Source)> {
        let (left, right) = self.both(left, right)?;
        let source = left.source.or(right.source);
        if left.is_absent() || right.is_absent() {
            return Ok((false, source));
        }
        if !self.is_list(&right) {
            return Ok((self.within_one(&left, &right)?, source));
        }
        let mut walk = self.elements(right)?;
        while let Some((_, item)) = walk.next(self)? {
            self.step()?;
            let item = self.scalar_of_row(item);
            if !item.is_absent() && self.within_one(&left, &item)? {
                return Ok((true, source));
            }
        }
        Ok((false, source))
    }

    fn within_one(&self, left: &Value<'a>, right: &Value<'a>) -> Quickly<bool> {
        if let (Data::Int(number), Data::Const(Const::Range(range))) = (left.data, right.data) {
            return Ok(range.contains(number.into()));
        }
        let (left, right) = (self.text(left).ok_or(Bail)?, self.text(right).ok_or(Bail)?);
        Self::are_short(&[left, right])?;
        let (left, right) = (FsPath::parse(left).map_err(|_| Bail)?, FsPath::parse(right).map_err(|_| Bail)?);
        Ok(left.is_within(&right))
    }

    fn compare(&mut self, comparison: Comparison, left: &Value<'a>, right: &Value<'a>) -> Quickly<bool> {
        Ok(match comparison {
            Comparison::Equal => self.equal(left, right)?,
            Comparison::NotEqual => !self.equal(left, right)?,
            Comparison::Less => self.order(left, right)?.is_lt(),
            Comparison::LessEqual => self.order(left, right)?.is_le(),
            Comparison::Greater => self.order(left, right)?.is_gt(),
            Comparison::GreaterEqual => self.order(left, right)?.is_ge(),
        })
    }

    /// Whether two values are equal; absent equals nothing.
    pub(super) fn equal(&mut self, left: &Value<'a>, right: &Value<'a>) -> Quickly<bool> {
        if let (Some(left), Some(right)) = (self.text(left), self.text(right)) {
            return Ok(left == right);
        }
        let plain = |value: &Value<'a>| {
            matches!(value.data, Data::Bool(_) | Data::Int(_) | Data::Str(_) | Data::Text(_) | Data::Null)
        };
        match (left.data, right.data) {
            (Data::Absent, _) | (_, Data::Absent) => Ok(false),
            (Data::Bool(left), Data::Bool(right)) => Ok(left == right),
            (Data::Int(left), Data::Int(right)) => Ok(left == right),
            (Data::Null, Data::Null) => Ok(true),
            (Data::Amount(_), _) | (_, Data::Amount(_)) => Ok(self.amount(left)? == self.amount(right)?),
            _ if plain(left) && plain(right) => Ok(false),
            (Data::Const(Const::Semver(_)), _) | (_, Data::Const(Const::Semver(_))) => {
                Ok(matches!((self.version_of(left), self.version_of(right)), (Some(one), Some(other)) if one == other))
            }
            (Data::List(..) | Data::Const(Const::List(_)), Data::List(..) | Data::Const(Const::List(_))) => {
                self.equal_lists(*left, *right)
            }
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

    // A version, or a text read as one.
    fn version_of(&self, value: &Value<'a>) -> Option<Version> {
        match value.data {
            Data::Const(Const::Semver(version)) => Some(version.clone()),
            _ => Version::parse(self.text(value)?).ok(),
        }
    }

    fn order(&self, left: &Value<'a>, right: &Value<'a>) -> Quickly<Ordering> {
        if let (Some(left), Some(right)) = (self.text(left), self.text(right)) {
            return Ok(left.cmp(right));
        }
        match (left.data, right.data) {
            (Data::Int(left), Data::Int(right)) => Ok(left.cmp(&right)),
            (Data::Amount(_), _) | (_, Data::Amount(_)) => Ok(self.amount(left)?.cmp(&self.amount(right)?)),
            (Data::Const(Const::Semver(_)), _) | (_, Data::Const(Const::Semver(_))) => {
                Ok(self.version_of(left).ok_or(Bail)?.cmp(&self.version_of(right).ok_or(Bail)?))
            }
            _ => Err(Bail),
        }
    }

    fn amount(&self, value: &Value<'a>) -> Quickly<Quantity> {
        match value.data {
            Data::Amount(node) => match self.tree.resolved(node) {
                Some(crate::yaml::Resolved::Int(number)) => Quantity::from_number(number.into()).ok_or(Bail),
                _ => Quantity::parse(self.tree.text(node)).map_err(|_| Bail),
            },
            Data::Const(Const::Quantity(amount)) => Ok(*amount),
            _ => Err(Bail),
        }
    }

    fn contains(&mut self, whole: &Value<'a>, part: &Value<'a>) -> Quickly<bool> {
        if whole.is_absent() || part.is_absent() {
            return Ok(false);
        }
        if let Some(text) = self.text(whole) {
            let part = self.text(part).ok_or(Bail)?;
            Self::are_short(&[text, part])?;
            return Ok(text.contains(part));
        }
        match (whole.data, part.data) {
            (Data::Const(Const::Range(range)), Data::Int(number)) => return Ok(range.contains(number.into())),
            (Data::Const(Const::List(_)) | Data::List(..), _) => {}
            (Data::Node(node, _), _) => {
                if self.tree.kind(node) == Kind::Mapping {
                    let Data::Str(key) = part.data else { return Err(Bail) };
                    return Ok(!self.entry(*whole, key)?.is_absent());
                }
            }
            _ => return Err(Bail),
        }
        let mut walk = self.elements(*whole)?;
        while let Some((_, item)) = walk.next(self)? {
            self.step()?;
            let item = self.scalar_of_row(item);
            if self.equal(&item, part)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is_list(&self, value: &Value<'a>) -> bool {
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

    fn is_map(&self, value: &Value<'a>) -> bool {
        match value.data {
            Data::Object | Data::Record(..) | Data::Const(Const::Record(_)) => true,
            Data::Node(node, _) => self.tree.kind(node) == Kind::Mapping,
            Data::Row(row) => self.is_map(&self.row(row).own),
            _ => false,
        }
    }

    fn is(&mut self, value: &Value<'a>, test: TypeTest) -> Quickly<bool> {
        Ok(match test {
            TypeTest::Absent => value.is_absent(),
            TypeTest::Null => matches!(value.data, Data::Null),
            TypeTest::Bool => matches!(value.data, Data::Bool(_)),
            TypeTest::String => self.text(&self.scalar_of_row(*value)).is_some(),
            TypeTest::List => self.is_list(value),
            TypeTest::Kinds(kinds) => self.has_object(value) && self.is_of_kind(kinds),
            TypeTest::View(view) => matches!(value.data, Data::Row(row) if self.row(row).view == view),
            TypeTest::Number => matches!(value.data, Data::Int(_) | Data::Const(Const::Number(_))),
            TypeTest::Map => self.is_map(value),
        })
    }

    fn is_empty(&mut self, value: Value<'a>) -> Quickly<bool> {
        if matches!(value.data, Data::Absent | Data::Null) {
            return Ok(true);
        }
        let value = self.scalar_of_row(value);
        if let Some(text) = self.text(&value) {
            return Ok(text.is_empty());
        }
        match value.data {
            Data::Bool(_) | Data::Int(_) | Data::Amount(_) => Ok(false),
            Data::Node(..) | Data::List(..) | Data::Const(Const::List(_)) => {
                let mut walk = self.elements(value)?;
                Ok(walk.next(self)?.is_none())
            }
            _ => Err(Bail),
        }
    }
}
