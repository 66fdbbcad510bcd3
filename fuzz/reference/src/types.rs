//! The types of random policies, and the kinds that they speak of.

use serde_json::{Map, Value as Json, json};

/// A type, without the question whether a value is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// `true`, `false`.
    Bool,
    /// Whole and decimal numbers.
    Number,
    /// Texts.
    Text,
    /// One of [`WORDS`].
    Word,
    /// Amounts.
    Quantity,
    /// A whole number or a text.
    NumberOrText,
    /// How bad something is.
    Severity,
    /// Anything.
    Dynamic,
    /// A list.
    List(Box<Slot>),
    /// A map from texts.
    Map(Box<Type>),
    /// A mapping with the fields of a table.
    Fields(Table),
    /// A record of a policy.
    Record(Vec<(String, Slot)>),
    /// An object of a kind.
    Kind(Kind),
    /// A row of a view: its place among the views.
    Row(usize),
}

/// A type, and whether the value may be absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// What it is where it is there.
    pub ty: Type,
    /// Whether it may be absent.
    pub optional: bool,
}

/// A kind of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `Alpha`, whose `spec` has required fields and so counts as required.
    Alpha,
    /// `Beta`, whose `spec` may be absent.
    Beta,
}

/// A table of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// `Alpha.spec`.
    AlphaSpec,
    /// `Beta.spec`.
    BetaSpec,
    /// An item of `spec.items`.
    Item,
    /// `Alpha.spec.sub`.
    Sub,
    /// What is deepest.
    Inner,
    /// `metadata`, of which only some fields are spoken of.
    Metadata,
}

/// The values of [`Type::Word`].
pub const WORDS: [&str; 3] = ["red", "green", "blue"];

/// The pattern by which a custom resource says that a field is a quantity.
const QUANTITY: &str = "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|\
                        ([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$";

impl Type {
    /// A list of values that are there.
    #[must_use]
    pub fn list(self) -> Self {
        Self::List(Box::new(self.present()))
    }

    /// The type of a value that is there.
    #[must_use]
    pub fn present(self) -> Slot {
        Slot { ty: self, optional: false }
    }

    /// The type of a value that may be absent. What is dynamic needs no leave to be.
    #[must_use]
    pub fn maybe(self) -> Slot {
        let optional = self != Self::Dynamic;
        Slot { ty: self, optional }
    }

    /// Whether values are texts.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::Word)
    }

    /// As policies write it; `None` for what has no name.
    #[must_use]
    pub fn name(&self, views: &[String]) -> Option<String> {
        Some(match self {
            Self::Bool => "bool".to_owned(),
            Self::Number => "number".to_owned(),
            Self::Text => "string".to_owned(),
            Self::Word => WORDS.map(|word| format!("\"{word}\"")).join(" | "),
            Self::Quantity => "quantity".to_owned(),
            Self::NumberOrText => "number | string".to_owned(),
            Self::List(element) => format!("list<{}>", element.name(views)?),
            Self::Map(element) => format!("map<{}>", element.name(views)?),
            Self::Kind(kind) => kind.name().to_owned(),
            Self::Row(view) => views.get(*view)?.clone(),
            Self::Dynamic | Self::Fields(_) | Self::Record(_) | Self::Severity => return None,
        })
    }
}

impl Slot {
    /// As policies write it; `None` for what has no name.
    #[must_use]
    pub fn name(&self, views: &[String]) -> Option<String> {
        let name = self.ty.name(views)?;
        Some(match (self.optional, name.contains('|')) {
            (true, true) => format!("({name})?"),
            (true, false) => format!("{name}?"),
            (false, _) => name,
        })
    }
}

impl Kind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Alpha, Self::Beta];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Alpha => "Alpha",
            Self::Beta => "Beta",
        }
    }

    /// What its `spec` is.
    #[must_use]
    pub fn spec(self) -> Table {
        match self {
            Self::Alpha => Table::AlphaSpec,
            Self::Beta => Table::BetaSpec,
        }
    }

    /// The fields of its objects that policies speak of.
    #[must_use]
    pub fn fields(self) -> Vec<(&'static str, Slot)> {
        let spec = Type::Fields(self.spec());
        let spec = if self == Self::Alpha { spec.present() } else { spec.maybe() };
        vec![("metadata", Type::Fields(Table::Metadata).present()), ("spec", spec)]
    }

    /// The JSON schema of its objects.
    #[must_use]
    pub fn schema(self) -> Json {
        json!({"type": "object", "properties": {"spec": self.spec().schema()}})
    }
}

impl Table {
    /// Names and types.
    #[must_use]
    pub fn fields(self) -> Vec<(&'static str, Slot)> {
        use Type::{Bool, Dynamic, Number, NumberOrText, Quantity, Text, Word};
        match self {
            Self::AlphaSpec => vec![
                ("m", Number.present()),
                ("need", Bool.present()),
                ("t", Text.present()),
                ("flag", Bool.maybe()),
                ("n", Number.maybe()),
                ("x", Number.maybe()),
                ("s", Text.maybe()),
                ("w", Word.maybe()),
                ("p", NumberOrText.maybe()),
                ("q", Quantity.maybe()),
                ("ns", Number.list().maybe()),
                ("ss", Text.list().maybe()),
                ("tags", Type::Map(Box::new(Text)).maybe()),
                ("nums", Type::Map(Box::new(Number)).maybe()),
                ("items", Type::Fields(Self::Item).list().maybe()),
                ("sub", Type::Fields(Self::Sub).maybe()),
                ("any", Dynamic.maybe()),
            ],
            Self::BetaSpec => vec![
                ("name", Text.maybe()),
                ("n", Number.maybe()),
                ("flag", Bool.maybe()),
                ("q", Quantity.maybe()),
                ("ss", Text.list().maybe()),
                ("tags", Type::Map(Box::new(Text)).maybe()),
                ("inner", Type::Fields(Self::Inner).maybe()),
            ],
            Self::Item => vec![
                ("name", Text.present()),
                ("port", Number.maybe()),
                ("on", Bool.maybe()),
                ("q", Quantity.maybe()),
                ("ss", Text.list().maybe()),
                ("inner", Type::Fields(Self::Inner).maybe()),
            ],
            Self::Sub => vec![
                ("s", Text.maybe()),
                ("n", Number.maybe()),
                ("flag", Bool.maybe()),
                ("ns", Number.list().maybe()),
                ("deep", Type::Fields(Self::Inner).maybe()),
            ],
            Self::Inner => {
                vec![("s", Text.maybe()), ("n", Number.maybe()), ("w", Word.maybe()), ("ns", Number.list().maybe())]
            }
            Self::Metadata => vec![("name", Text.maybe()), ("labels", Type::Map(Box::new(Text)).maybe())],
        }
    }

    /// Whether lists of such mappings are indexed by their `name`.
    #[must_use]
    pub fn is_keyed(self) -> bool {
        self == Self::Item
    }

    /// The fields whose types have names, so that a policy can write the type of such a mapping.
    #[must_use]
    pub fn named_fields(self) -> Vec<(&'static str, Slot)> {
        self.fields().into_iter().filter(|(_, slot)| slot.name(&[]).is_some()).collect()
    }

    fn schema(self) -> Json {
        let fields = self.fields();
        let properties: Map<String, Json> =
            fields.iter().map(|(name, slot)| ((*name).to_owned(), schema(&slot.ty))).collect();
        let needed = |slot: &Slot| !slot.optional && slot.ty != Type::Dynamic;
        let required: Vec<&str> = fields.iter().filter(|(_, slot)| needed(slot)).map(|(name, _)| *name).collect();
        json!({"type": "object", "properties": properties, "required": required})
    }
}

fn schema(ty: &Type) -> Json {
    match ty {
        Type::Bool => json!({"type": "boolean"}),
        Type::Number => json!({"type": "number"}),
        Type::Text => json!({"type": "string"}),
        Type::Word => json!({"type": "string", "enum": WORDS}),
        Type::Quantity => json!({"x-kubernetes-int-or-string": true, "pattern": QUANTITY}),
        Type::NumberOrText => json!({"x-kubernetes-int-or-string": true}),
        Type::List(element) => match &element.ty {
            Type::Fields(table) if table.is_keyed() => json!({
                "type": "array", "items": table.schema(),
                "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
            }),
            element => json!({"type": "array", "items": schema(element)}),
        },
        Type::Map(element) => json!({"type": "object", "additionalProperties": schema(element)}),
        Type::Fields(table) => table.schema(),
        Type::Dynamic | Type::Severity | Type::Record(_) | Type::Kind(_) | Type::Row(_) => {
            json!({"x-kubernetes-preserve-unknown-fields": true})
        }
    }
}
