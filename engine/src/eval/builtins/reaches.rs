//! `reaches`: whether network policies allow traffic from one workload to another.

use super::super::machine::Evaluator;
use super::super::truth::Truth;
use super::super::value::{Unknown, Value};
use crate::network::{End, Network, PortSet, TooMuch, network};
use std::rc::Rc;

/// What stands for the ends that are no pods.
const OUTSIDE: &str = "outside";

impl<'a> Evaluator<'a> {
    /// Where the world is open there may be policies elsewhere, which isolate or allow more.
    pub(super) fn reaches(&mut self, from: &Value<'a>, to: &Value<'a>, port: &Value<'a>) -> Truth {
        for value in [from, to, port] {
            if let Some(unknown) = value.as_unknown() {
                return Truth::Unknown(unknown.clone());
            }
        }
        let Some(port) = port.as_str() else { return Truth::Unknown(Unknown::new("a port is a text")) };
        let Some(wanted) = Wanted::of(port) else {
            let reason = format!("`{port}` is no port: `TCP 80`, `any` or `all` is");
            return Truth::Unknown(Unknown::new(reason));
        };
        let network = match &self.network {
            Some(network) => Rc::clone(network),
            None => {
                let made = Rc::new(network(self.world));
                if !self.fuel.take(self.world.objects().len() as u64) {
                    return Truth::of(&self.out_of_fuel());
                }
                Rc::clone(self.network.insert(made))
            }
        };
        let (Some(from), Some(to)) = (self.end_of(&network, from), self.end_of(&network, to)) else {
            return Truth::Unknown(Unknown::new("a workload is needed here, or `outside`"));
        };
        let before = network.steps();
        let reach = network.between(from, to);
        if !self.fuel.take(network.steps().saturating_sub(before)) {
            return Truth::of(&self.out_of_fuel());
        }
        let reach = match reach {
            Ok(reach) => reach,
            Err(TooMuch) => return Truth::Unknown(Unknown::new("there are too many network policies")),
        };
        if self.world.options().open {
            return Truth::Unknown(Unknown::open("there may be network policies elsewhere"));
        }
        match (wanted.is_in(&reach.certain), wanted.is_in(&reach.possible)) {
            (true, _) => Truth::True,
            (false, false) => Truth::False,
            (false, true) => {
                let named = reach.reasons.first().or(reach.addresses.first());
                Truth::Unknown(Unknown::new(named.map_or("it cannot be told", |reason| reason)))
            }
        }
    }

    fn end_of(&mut self, network: &Network, value: &Value<'a>) -> Option<End> {
        if value.as_str() == Some(OUTSIDE) {
            return Some(End::Outside);
        }
        let object = self.object_of(value)?;
        network.of_object(object.0).map(End::Workload)
    }
}

/// Which traffic is asked for.
enum Wanted {
    Any,
    All,
    Ports(PortSet),
}

impl Wanted {
    fn of(text: &str) -> Option<Self> {
        match text {
            "any" => Some(Self::Any),
            "all" => Some(Self::All),
            text => PortSet::parse(text).map(Self::Ports),
        }
    }

    fn is_in(&self, set: &PortSet) -> bool {
        match self {
            Self::Any => !set.is_empty(),
            Self::All => set.is_all(),
            Self::Ports(ports) => ports.without(set).is_empty(),
        }
    }
}
