//! Labels, as far as they are known, and selectors over them.

use super::Sure;
use super::read::Part;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The label that every namespace has, with its name.
pub(super) const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

/// Labels that controllers give to the pods that they make; no manifest has their values.
const OF_CONTROLLERS: [&str; 9] = [
    "pod-template-hash",
    "pod-template-generation",
    "controller-revision-hash",
    "controller-uid",
    "job-name",
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-name",
];

/// Labels of something.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels {
    /// Values that are no texts are not known.
    pub(super) known: BTreeMap<Arc<str>, Option<Arc<str>>>,
    /// What is not known beside these.
    pub(super) unknown: Unknown,
}

/// Which labels may be there that nobody wrote down.
#[derive(Clone, Debug, Default)]
pub(super) enum Unknown {
    /// None.
    #[default]
    None,
    /// Those that controllers set.
    OfControllers,
    /// Any, for this reason.
    Any(Arc<str>),
}

impl Labels {
    /// Labels as written.
    pub(super) fn read(part: Option<Part<'_>>, unknown: Unknown) -> Self {
        let pairs = part.map(Part::pairs).unwrap_or_default();
        let known = pairs.into_iter().map(|(key, value)| (Arc::from(key), value.map(Arc::from))).collect();
        Self { known, unknown }
    }

    /// The value of a label: `Ok(None)` where it is not there, a reason where that is not known.
    fn get(&self, key: &str) -> Result<Option<&str>, Arc<str>> {
        match (self.known.get(key), &self.unknown) {
            (Some(Some(value)), _) => Ok(Some(value)),
            (Some(None), _) => Err(format!("the label `{key}` is no text").into()),
            (None, Unknown::Any(reason)) => Err(Arc::clone(reason)),
            (None, Unknown::OfControllers) if OF_CONTROLLERS.contains(&key) => {
                Err(format!("controllers give the label `{key}`").into())
            }
            (None, _) => Ok(None),
        }
    }

    /// Whether a label has one of these values.
    fn is_one_of(&self, key: &str, values: &[Arc<str>]) -> Sure {
        match self.get(key) {
            Ok(value) => Sure::of(value.is_some_and(|value| values.iter().any(|wanted| **wanted == *value))),
            Err(reason) => Sure::Maybe(reason),
        }
    }

    /// Whether there is a label of this key.
    fn has(&self, key: &str) -> Sure {
        match self.get(key) {
            Ok(value) => Sure::of(value.is_some()),
            Err(_) if self.known.contains_key(key) => Sure::Yes,
            Err(reason) => Sure::Maybe(reason),
        }
    }
}

/// A label selector: everything that it asks for must hold. An empty one holds for all labels.
#[derive(Clone, Debug, Default)]
pub(super) struct Selector {
    pub(super) asks: Vec<Ask>,
}

/// Something that a selector asks for.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) key: Arc<str>,
    pub(super) how: How,
}

/// What is asked of a label.
#[derive(Clone, Debug)]
pub(super) enum How {
    In(Vec<Arc<str>>),
    NotIn(Vec<Arc<str>>),
    Exists,
    Absent,
    /// Nobody can say, since the selector is broken.
    Broken(Arc<str>),
}

impl Selector {
    /// A `LabelSelector`.
    pub(super) fn read(part: Part<'_>) -> Self {
        let mut asks = Vec::new();
        if !part.is_map() {
            asks.push(broken("", "a selector is no mapping"));
        }
        for (key, value) in part.get("matchLabels").map(Part::pairs).unwrap_or_default() {
            asks.push(match value {
                Some(value) => Ask { key: key.into(), how: How::In(vec![value.into()]) },
                None => broken(key, "a selector's value is no text"),
            });
        }
        for expression in part.list("matchExpressions").unwrap_or_default() {
            let values = expression.list("values").unwrap_or_default();
            let values: Option<Vec<Arc<str>>> = values.into_iter().map(|value| value.text().map(Arc::from)).collect();
            asks.push(match (expression.text_of("key"), expression.text_of("operator"), values) {
                (Some(key), Some("In"), Some(values)) => Ask { key: key.into(), how: How::In(values) },
                (Some(key), Some("NotIn"), Some(values)) => Ask { key: key.into(), how: How::NotIn(values) },
                (Some(key), Some("Exists"), _) => Ask { key: key.into(), how: How::Exists },
                (Some(key), Some("DoesNotExist"), _) => Ask { key: key.into(), how: How::Absent },
                (key, _, _) => broken(key.unwrap_or_default(), "a selector's expression cannot be understood"),
            });
        }
        Self { asks }
    }

    /// Whether it holds for labels.
    pub(super) fn holds(&self, labels: &Labels) -> Sure {
        self.asks.iter().fold(Sure::Yes, |sure, ask| sure.and(|| ask.holds(labels)))
    }
}

fn broken(key: &str, why: &str) -> Ask {
    Ask { key: key.into(), how: How::Broken(why.into()) }
}

impl Ask {
    /// How much it takes to find out, in steps.
    pub(super) fn cost(&self) -> u64 {
        match &self.how {
            How::In(values) | How::NotIn(values) => 1 + values.len() as u64,
            How::Exists | How::Absent | How::Broken(_) => 1,
        }
    }

    pub(super) fn holds(&self, labels: &Labels) -> Sure {
        match &self.how {
            How::In(values) => labels.is_one_of(&self.key, values),
            How::NotIn(values) => labels.is_one_of(&self.key, values).not(),
            How::Exists => labels.has(&self.key),
            How::Absent => labels.has(&self.key).not(),
            How::Broken(why) => Sure::Maybe(Arc::clone(why)),
        }
    }
}
