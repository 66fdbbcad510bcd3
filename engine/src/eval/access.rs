//! From a value to its parts: fields, indexes, keys, and how a document's node becomes a value.

use super::machine::Evaluator;
use super::origin::{Origin, PathId, Place, Step};
use super::truth::Truth;
use super::value::{Data, List, ObjectId, Unknown, Value};
use crate::world::{Form, Object};
use crate::yaml::{NodeId, Resolved};
use policyc_lang::ir::{Expr, ExprId, KindSetId, Shape, ShapeId, Sym};
use policyc_lang::values::{Number, Quantity};
use std::borrow::Cow;
use std::rc::Rc;

/// What a chain of fields has come to: what lies in a document is followed by its place, without a value for each step.
pub(crate) enum Reached<'a> {
    /// A mapping of a document, read as a shape.
    Map(Place, Shape),
    /// Nothing, from an origin.
    Missing(Origin),
    /// Anything else.
    Other(Value<'a>),
}

impl<'a> Reached<'a> {
    /// As a value.
    pub(crate) fn into_value(self) -> Value<'a> {
        match self {
            Self::Map(place, shape) => Value::new(Data::Node(place.file, place.node, shape), Origin::Node(place)),
            Self::Missing(origin) => Value::absent_at(origin),
            Self::Other(value) => value,
        }
    }
}

impl<'a> Evaluator<'a> {
    /// `base.name`.
    pub(crate) fn field_of(&mut self, base: ExprId, name: Sym, shape: ShapeId) -> Reached<'a> {
        match self.reach(base) {
            Reached::Map(place, _) => self.step_down(place, name, self.shape(shape)),
            Reached::Missing(origin) => Reached::Missing(self.missing(origin, Step::Key(name.into()))),
            Reached::Other(base) => Reached::Other(self.field(&base, name, shape)),
        }
    }

    // What fields are asked of. Takes the steps, and notes the reads, that `eval` does.
    fn reach(&mut self, id: ExprId) -> Reached<'a> {
        let program = self.program;
        match program.exprs.get(id.index()) {
            Some(Expr::Local(slot)) => {
                if !self.fuel.step() {
                    return Reached::Other(self.out_of_fuel());
                }
                let Some(value) = self.local_ref(*slot) else { return Reached::Missing(Origin::None) };
                let (origin, reached) = (value.origin, self.reached(value));
                self.note_read(origin);
                reached
            }
            Some(Expr::Field { base, name, shape }) => {
                if !self.fuel.step() {
                    return Reached::Other(self.out_of_fuel());
                }
                let reached = self.field_of(*base, *name, *shape);
                self.note_read(match &reached {
                    Reached::Map(place, _) => Origin::Node(*place),
                    Reached::Missing(origin) => *origin,
                    Reached::Other(value) => value.origin,
                });
                reached
            }
            _ => Reached::Other(self.eval(id)),
        }
    }

    // A row stands for its own node, an object for its mapping.
    fn reached(&self, value: &Value<'a>) -> Reached<'a> {
        let own = match &value.data {
            Data::Row(row) => &self.rows[row.0 as usize].own,
            _ => value,
        };
        match &own.data {
            Data::Node(file, node, shape) => {
                let alias = own.origin.place().and_then(|place| place.alias);
                Reached::Map(Place { file: *file, node: *node, alias }, *shape)
            }
            Data::Object(id) => {
                let object = self.object(*id);
                Reached::Map(Place::new(object.file, object.node), Shape::Object)
            }
            Data::Absent => Reached::Missing(own.origin),
            _ => Reached::Other(value.clone()),
        }
    }

    fn step_down(&mut self, map: Place, name: Sym, shape: Shape) -> Reached<'a> {
        let file = &self.world.files()[map.file as usize];
        let Some(node) = file.get(map.node, self.plan.key_of(name)) else {
            return Reached::Missing(Origin::Missing(map, self.paths.extend(PathId::EMPTY, Step::Key(name.into()))));
        };
        let place = self.child_place(map, node);
        match shape {
            Shape::Dynamic | Shape::Object | Shape::Map(_) if file.form(place.node) == Form::Map => {
                Reached::Map(place, shape)
            }
            _ => Reached::Other(self.node_value(place, shape)),
        }
    }

    /// A shape of the program.
    pub(crate) fn shape(&self, id: ShapeId) -> Shape {
        self.program.shapes.get(id.index()).copied().unwrap_or(Shape::Dynamic)
    }

    /// `base.name`.
    pub(crate) fn field(&mut self, base: &Value<'a>, name: Sym, shape: ShapeId) -> Value<'a> {
        let shape = self.shape(shape);
        match &base.data {
            Data::Node(file, node, _) => {
                let place =
                    Place { file: *file, node: *node, alias: base.origin.place().and_then(|place| place.alias) };
                self.field_of_node(place, name, shape)
            }
            Data::Object(id) => {
                let object = &self.world.objects()[id.0 as usize];
                self.field_of_node(Place::new(object.file, object.node), name, shape)
            }
            Data::Row(row) => {
                let own = self.rows[row.0 as usize].own.clone();
                if matches!(own.data, Data::Row(inner) if inner == *row) {
                    return Value::absent_at(base.origin);
                }
                let shape_id = shape;
                self.field_shaped(&own, name, shape_id)
            }
            _ => self.field_shaped(base, name, shape),
        }
    }

    fn field_shaped(&mut self, base: &Value<'a>, name: Sym, shape: Shape) -> Value<'a> {
        match &base.data {
            Data::Unknown(_) => base.clone(),
            Data::Absent => Value::absent_at(self.missing(base.origin, Step::Key(name.into()))),
            Data::Node(file, node, _) => {
                let place =
                    Place { file: *file, node: *node, alias: base.origin.place().and_then(|place| place.alias) };
                self.field_of_node(place, name, shape)
            }
            Data::Object(id) => {
                let object = &self.world.objects()[id.0 as usize];
                self.field_of_node(Place::new(object.file, object.node), name, shape)
            }
            Data::Record(fields) => {
                let found = fields.iter().find(|(field, _)| *field == name.into());
                found.map_or_else(|| Value::absent_at(base.origin), |(_, value)| value.clone())
            }
            Data::ConstRecord(_) => {
                let text = self.program.name(name);
                self.entry(base, text)
            }
            Data::Row(row) => {
                let own = self.rows[row.0 as usize].own.clone();
                self.field_shaped(&own, name, shape)
            }
            _ => Value::absent_at(base.origin),
        }
    }

    fn field_of_node(&mut self, place: Place, name: Sym, shape: Shape) -> Value<'a> {
        self.step_down(place, name, shape).into_value()
    }

    /// The origin of what is missing one step below a value.
    pub(crate) fn missing(&mut self, origin: Origin, step: Step) -> Origin {
        match origin {
            Origin::Missing(place, path) => Origin::Missing(place, self.paths.extend(path, step)),
            Origin::Node(place) => Origin::Missing(place, self.paths.extend(PathId::EMPTY, step)),
            other => other,
        }
    }

    /// A node below another as a value.
    pub(crate) fn child(&self, parent: Place, node: NodeId, shape: Shape) -> Value<'a> {
        self.node_value(self.child_place(parent, node), shape)
    }

    fn child_place(&self, parent: Place, node: NodeId) -> Place {
        let file = &self.world.files()[parent.file as usize];
        let target = file.target(node);
        // An entry that stands before its own mapping was merged from an anchor.
        let merged = || (node < parent.node).then(|| file.merge_site(parent.node)).flatten();
        let alias = parent.alias.or_else(merged).or((target != node).then_some(node));
        Place { file: parent.file, node: target, alias }
    }

    /// A node as a value of a shape; a node of another form gives unknown, null gives absent unless anything goes.
    pub(crate) fn node_value(&self, place: Place, shape: Shape) -> Value<'a> {
        let file = &self.world.files()[place.file as usize];
        let origin = Origin::Node(place);
        let form = file.form(place.node);
        let data = match (form, shape) {
            (Form::Map, Shape::Dynamic | Shape::Object | Shape::Map(_))
            | (Form::List, Shape::Dynamic | Shape::List(_)) => Data::Node(place.file, place.node, shape),
            (Form::Scalar, _) => return self.scalar_value(place, shape),
            (form, shape) => {
                let key = file.key_text(place.node);
                let what = if key.is_empty() { "an element".to_owned() } else { format!("`{}`", shorten(key)) };
                let reason = format!("{what} is a {}, not {}", form_name(form), shape_name(shape));
                Data::Unknown(Unknown::new(reason))
            }
        };
        Value::new(data, origin)
    }

    fn scalar_value(&self, place: Place, shape: Shape) -> Value<'a> {
        let file = &self.world.files()[place.file as usize];
        let origin = Origin::Node(place);
        if let Some(reason) = file.tree().unknown(place.node) {
            return Value::new(Data::Unknown(Unknown::new(reason)), origin);
        }
        let resolved = file.resolved(place.node);
        let text = file.text(place.node);
        if resolved == Resolved::Null {
            return match shape {
                Shape::Dynamic => Value::new(Data::Null, origin),
                _ => Value::absent_at(Origin::Missing(place, PathId::EMPTY)),
            };
        }
        Value::new(scalar_data(text, resolved, shape, || self.is_secret(origin)), origin)
    }

    /// `base[index]`.
    pub(crate) fn index_of(&mut self, base: ExprId, index: ExprId, shape: ShapeId) -> Value<'a> {
        let base = self.eval(base);
        let index = self.eval(index);
        self.element(&base, &index, self.shape(shape))
    }

    fn element(&mut self, base: &Value<'a>, index: &Value<'a>, shape: Shape) -> Value<'a> {
        if let Data::Unknown(_) = base.data {
            return base.clone();
        }
        if let Data::Unknown(_) = index.data {
            return index.clone();
        }
        let Some(step) = self.step_of(index) else { return Value::absent_at(base.origin) };
        if base.is_absent() {
            return Value::absent_at(self.missing(base.origin, step));
        }
        let absent = |evaluator: &mut Self| {
            let origin = match base.origin {
                origin @ Origin::Node(_) if !matches!(base.data, Data::List(_)) => evaluator.missing(origin, step),
                origin => origin,
            };
            Value::absent_at(origin)
        };
        if let Step::Index(place) = step {
            let Ok((mut elements, incomplete)) = self.elements(base) else { return absent(self) };
            if let Some(unknown) = incomplete {
                // What is missing may stand before any element.
                return Value::new(Data::Unknown(unknown), base.origin);
            }
            for _ in 0..place {
                if !self.fuel.step() {
                    return self.out_of_fuel();
                }
                if elements.next_item(self).is_none() {
                    break;
                }
            }
            return match elements.next_item(self) {
                Some(item) => self.reshaped(base, item, shape),
                None => absent(self),
            };
        }
        let Some(key) = self.key_text(index) else { return absent(self) };
        let found = self.entry(base, &key);
        if found.is_absent() && !matches!(found.origin, Origin::Missing(_, PathId::EMPTY)) {
            return absent(self);
        }
        self.reshaped(base, found, shape)
    }

    // The element's own shape comes with the list; a more exact one may stand at the access. Only what stands in a
    // document can be read again: a computed list holds parts of texts, which carry the place of the whole.
    fn reshaped(&self, base: &Value<'a>, value: Value<'a>, shape: Shape) -> Value<'a> {
        if !matches!(base.data, Data::Node(..)) {
            return value;
        }
        match (&value.data, value.origin) {
            (Data::Null | Data::Bool(_) | Data::Number(_) | Data::Str(_) | Data::Node(..), Origin::Node(place))
                if shape != Shape::Dynamic && place.node_matches(&value.data) =>
            {
                self.node_value(place, shape)
            }
            _ => value,
        }
    }

    /// The value of a key of a map or record; absent where there is none.
    pub(crate) fn entry(&mut self, map: &Value<'a>, key: &str) -> Value<'a> {
        match &map.data {
            Data::Node(file, node, shape) => {
                let tree = &self.world.files()[*file as usize];
                let alias = map.origin.place().and_then(|place| place.alias);
                let place = Place { file: *file, node: *node, alias };
                let shape = if let Shape::Map(item) = shape { self.shape(*item) } else { Shape::Dynamic };
                if tree.form(*node) != Form::Map {
                    return Value::absent_at(map.origin);
                }
                match tree.get_text_raw(*node, key) {
                    Some(child) => self.child(place, child, shape),
                    None => Value::absent_at(map.origin),
                }
            }
            Data::Record(fields) => {
                let found = fields.iter().find(|(name, _)| self.names.text(*name) == key);
                found.map_or_else(|| Value::absent_at(map.origin), |(_, value)| value.clone())
            }
            Data::ConstRecord(fields) => {
                let found = fields.iter().find(|(name, _)| name == key);
                found.map_or_else(|| Value::absent_at(map.origin), |(_, value)| Value::constant(value, map.origin))
            }
            Data::Object(_) => {
                let node = self.node_of_object(map);
                self.entry(&node, key)
            }
            Data::Row(row) => {
                let own = self.rows[row.0 as usize].own.clone();
                self.entry(&own, key)
            }
            _ => Value::absent_at(map.origin),
        }
    }

    /// A value as the key of a map.
    pub(crate) fn key_text<'v>(&self, value: &'v Value<'a>) -> Option<Cow<'v, str>> {
        match &value.data {
            Data::Str(text) => Some(Cow::Borrowed(text)),
            Data::Owned(text) => Some(Cow::Borrowed(text)),
            Data::Severity(severity) => Some(Cow::Borrowed(severity.as_str())),
            Data::Row(_) => match self.scalar_of_row(value.clone()).data {
                Data::Str(text) => Some(Cow::Owned(text.to_owned())),
                _ => None,
            },
            _ => None,
        }
    }

    /// `list["name"]`: the first element whose field has that text.
    pub(crate) fn list_key(&mut self, base: ExprId, key: Sym, value: ExprId, shape: ShapeId) -> Value<'a> {
        let base = self.eval(base);
        let wanted = self.eval(value);
        if let Data::Unknown(_) = wanted.data {
            return wanted;
        }
        let (mut elements, incomplete) = match self.elements(&base) {
            Ok(elements) => elements,
            Err(unknown) => return Value::new(Data::Unknown(unknown), base.origin),
        };
        let mut doubt = incomplete;
        while let Some(item) = elements.next_item(self) {
            if !self.fuel.step() {
                return self.out_of_fuel();
            }
            let field = self.field_shaped(&item, key, Shape::Dynamic);
            match self.equal(&field, &wanted) {
                Ok(true) => return self.reshaped(&base, item, self.shape(shape)),
                Ok(false) => {}
                Err(unknown) => doubt = doubt.or(Some(unknown)),
            }
        }
        match (doubt, self.key_text(&wanted)) {
            (Some(unknown), _) => Value::new(Data::Unknown(unknown), base.origin),
            (None, Some(text)) => {
                let text = text.into_owned();
                let step = Step::Element(key.into(), self.names.intern(&text));
                Value::absent_at(self.missing(base.origin, step))
            }
            (None, None) => Value::absent_at(base.origin),
        }
    }

    /// The object that a value is, or stands in.
    pub(crate) fn object_of(&self, value: &Value<'a>) -> Option<ObjectId> {
        match &value.data {
            Data::Object(id) => Some(*id),
            Data::Row(row) => {
                let row = &self.rows[row.0 as usize];
                if let Data::Object(id) = row.own.data {
                    return Some(id);
                }
                self.object_of(&row.parent).or_else(|| self.object_of(&row.own))
            }
            Data::Node(file, node, _) => self.world.object_at(*file, *node).map(ObjectId),
            _ => value.origin.place().and_then(|place| self.world.object_at(place.file, place.visible())).map(ObjectId),
        }
    }

    /// An object of the world.
    pub(crate) fn object(&self, id: ObjectId) -> &'a Object {
        &self.world.objects()[id.0 as usize]
    }

    /// An object as a value.
    pub(crate) fn object_value(&self, id: ObjectId) -> Value<'a> {
        let object = self.object(id);
        Value::new(Data::Object(id), Origin::Node(Place::new(object.file, object.node)))
    }

    /// An object's mapping.
    pub(crate) fn node_of_object(&self, value: &Value<'a>) -> Value<'a> {
        let Data::Object(id) = value.data else { return value.clone() };
        let object = self.object(id);
        let place = Place::new(object.file, object.node);
        Value::new(Data::Node(place.file, place.node, Shape::Object), Origin::Node(place))
    }

    /// Whether an object is of one of the kinds.
    pub(crate) fn is_of_kind(&self, id: ObjectId, kinds: KindSetId) -> bool {
        let object = self.object(id);
        let files = self.world.files();
        let kind = object.kind(files);
        self.program.kind_sets.get(kinds.index()).is_some_and(|set| {
            set.kinds.iter().any(|name| {
                let group = || object.group(files);
                name.kind == kind && name.groups.as_ref().is_none_or(|groups| groups.iter().any(|one| one == group()))
            })
        })
    }

    /// Whether a value comes from the data of a Secret.
    pub(crate) fn is_secret(&self, origin: Origin) -> bool {
        if !self.secrets {
            return false;
        }
        match origin {
            Origin::Node(place) => self.world.files()[place.file as usize].is_secret(place.node),
            _ => false,
        }
    }

    /// Why a list may have more elements, as a truth value that a search came to nothing.
    pub(crate) fn not_found(incomplete: Option<Unknown>) -> Truth {
        incomplete.map_or(Truth::False, Truth::Unknown)
    }

    /// A list that may be incomplete.
    pub(crate) fn list_value(items: Vec<Value<'a>>, incomplete: Option<Unknown>, origin: Origin) -> Value<'a> {
        Value::new(Data::List(Rc::new(List { items, incomplete })), origin)
    }
}

impl Place {
    // A computed value may carry the origin of a node without being that node.
    fn node_matches(self, data: &Data<'_>) -> bool {
        match data {
            Data::Node(file, node, _) => (*file, *node) == (self.file, self.node),
            _ => true,
        }
    }
}

/// What a scalar is under a shape.
fn scalar_data<'a>(text: &'a str, resolved: Resolved, shape: Shape, secret: impl Fn() -> bool) -> Data<'a> {
    let shown = || if secret() { "***".to_owned() } else { shorten(text) };
    match (shape, resolved) {
        (_, Resolved::Null) => Data::Absent,
        (Shape::Dynamic | Shape::Bool, Resolved::Bool(value)) => Data::Bool(value),
        (Shape::Dynamic | Shape::Number | Shape::IntOrString, Resolved::Int(value)) => Data::Number(value.into()),
        (Shape::Dynamic | Shape::Number, Resolved::Float(value)) => match Number::from_f64(value) {
            Some(number) => Data::Number(number),
            None => Data::Unknown(Unknown::new(format!("`{}` is not a number", shown()))),
        },
        (Shape::Dynamic | Shape::String | Shape::IntOrString, Resolved::String) => Data::Str(text),
        (Shape::Quantity, Resolved::Int(value)) => match Quantity::from_number(value.into()) {
            Some(quantity) => Data::Quantity(quantity),
            None => mismatch(&format!("`{}` stands", shown()), shape),
        },
        // A number with a point reaches Kubernetes as its JSON text, which a quantity can hold.
        (Shape::Quantity, Resolved::Float(_) | Resolved::String) => match Quantity::parse(text) {
            Ok(quantity) => Data::Quantity(quantity),
            Err(_) => Data::Unknown(Unknown::new(format!("`{}` is not a quantity", shown()))),
        },
        // Whether it is an image at all is seen when its parts are asked for.
        (Shape::Image, Resolved::String) if text.contains('$') => {
            Data::Unknown(Unknown::new(format!("`{}` has variables that are not known", shown())))
        }
        (Shape::Image, Resolved::String) => Data::Str(text),
        (shape, resolved) => {
            let is = match resolved {
                Resolved::Bool(_) => "a boolean",
                Resolved::Int(_) | Resolved::Float(_) => "a number",
                _ => "a string",
            };
            let quoted = if resolved == Resolved::String { format!("\"{}\"", shown()) } else { shown() };
            Data::Unknown(Unknown::new(format!("`{quoted}` is {is}, not {}", shape_name(shape))))
        }
    }
}

fn mismatch<'a>(what: &str, shape: Shape) -> Data<'a> {
    Data::Unknown(Unknown::new(format!("{what} where {} is expected", shape_name(shape))))
}

fn form_name(form: Form) -> &'static str {
    match form {
        Form::Map => "mapping",
        Form::List => "list",
        Form::Scalar => "scalar",
    }
}

fn shape_name(shape: Shape) -> &'static str {
    match shape {
        Shape::Dynamic => "a value",
        Shape::Bool => "a boolean",
        Shape::Number => "a number",
        Shape::String => "a string",
        Shape::Quantity => "a quantity",
        Shape::IntOrString => "an integer or a string",
        Shape::Image => "an image",
        Shape::Object | Shape::Map(_) => "a mapping",
        Shape::List(_) => "a list",
    }
}

/// A text short enough for a message.
pub(crate) fn shorten(text: &str) -> String {
    const MOST: usize = 80;
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= MOST && line.len() == text.trim_end().len() {
        return line.to_owned();
    }
    line.chars().take(MOST).chain(['…']).collect()
}
